"""Which surveys a cohort is asked when: from the blueprint's waves and the cohort's milestones as they are now."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from mentoring_contracts.applications import Milestone
from mentoring_contracts.blueprint.calendar import NAMES
from mentoring_contracts.blueprint.dates import When, begins_at, ends_at, read_when, resolver, shifted
from mentoring_contracts.blueprint.surveys import WAVE_MILESTONES, PlannedWave
from mentoring_contracts.words import Side


@dataclass(frozen=True, slots=True)
class AskedWave:
    """One opening of a survey for a cohort; no `roles`: both are asked; an empty list: nobody of the pairs."""

    instrument: str
    occasion: str
    roles: list[Side] | None
    opens_at: datetime
    closes_at: datetime
    respondents: tuple[str, ...] = ()


def of_pairs(wave: PlannedWave) -> bool:
    """Whether a wave stands to the pair's own start: it is asked pair by pair."""
    return wave.opens is not None and read_when(wave.opens).of_pair


@dataclass(frozen=True, slots=True)
class PairWave:
    """A survey that a pair is asked in its own time: `name` tells it from others of the same survey."""

    name: str
    instrument: str
    roles: list[Side]
    opens: When
    closes: When | None
    open_days: int | None

    def times(self, started: date, zone: str | None) -> tuple[datetime, datetime]:
        """When it opens and closes for a pair that began on a day. OverflowError beyond the calendar."""
        opens_at = begins_at(of_pair(self.opens, started), self.opens.at, zone)
        if self.closes is None:
            return opens_at, opens_at + timedelta(days=self.open_days or 1)
        return opens_at, ends_at(of_pair(self.closes, started), self.closes.at, zone)


def of_pair(when: When, started: date) -> date:
    """The day of a time of the pair: its first month begins on the day on which the pair does. OverflowError."""
    return shifted(started, when.number - 1, when.unit)


def pair_waves(planned: Sequence[PlannedWave], number: int) -> list[PairWave]:
    """What the pairs of the cohort of this number are asked in their own time."""
    return [
        PairWave(
            f"{wave.opens} {wave.occasion or ''}", wave.instrument, list(wave.roles), read_when(wave.opens or ""),
            read_when(wave.closes) if wave.closes else None, wave.open_days,
        )
        for wave in planned
        if holds_for(wave, number) and of_pairs(wave)
    ]  # fmt: skip


def holds_for(wave: PlannedWave, number: int) -> bool:
    """Whether a wave is for a cohort."""
    return wave.cohort in (None, number)


def waves_of(
    planned: Sequence[PlannedWave], instruments: Collection[str], number: int, milestones: Sequence[Milestone],
    zone: str | None,
) -> list[AskedWave]:  # fmt: skip
    """The waves of the cohort of this number; of several of one survey, the second is occasion 2, unless it has one.

    Milestones that are waves by their kind (`interim_evaluation`) are among them, unless `planned` names the milestone
    or the survey. A wave whose dates stand to a milestone that the cohort does not have is left out.
    """
    found: list[AskedWave] = []
    here = [wave for wave in planned if holds_for(wave, number) and not of_pairs(wave)]
    for wave in here:
        for opens_at, closes_at in _times(wave, milestones, zone):
            occasion = wave.occasion or _next(found, wave.instrument)
            roles = list(wave.roles) if len(wave.roles) < 2 else None
            beyond = tuple(wave.respondents)
            found.append(AskedWave(wave.instrument, occasion, roles, opens_at, closes_at, beyond))
    named = {wave.milestone for wave in here} | {wave.instrument for wave in here}
    for milestone in milestones:
        instrument = WAVE_MILESTONES.get(milestone.kind)
        if instrument is None or instrument not in instruments or {milestone.kind, instrument} & named:
            continue
        for opens_at, closes_at in _span(milestone):
            found.append(AskedWave(instrument, _next(found, instrument), None, opens_at, closes_at))
    return found


def _next(found: Sequence[AskedWave], instrument: str) -> str:
    number = sum(wave.instrument == instrument for wave in found) + 1
    return "" if number == 1 else str(number)


def _times(wave: PlannedWave, milestones: Sequence[Milestone], zone: str | None) -> Iterator[tuple[datetime, datetime]]:
    if wave.milestone is not None:
        for milestone in milestones:
            if milestone.kind == wave.milestone:
                yield from _span(milestone)
        return
    resolve = resolver(_days(milestones, zone), None)
    try:
        opens_at = begins_at(*resolve(wave.opens or ""), zone)
        closes_at = (
            ends_at(*resolve(wave.closes), zone) if wave.closes else opens_at + timedelta(days=wave.open_days or 1)
        )
    except (ValueError, OverflowError):
        return
    if closes_at > opens_at:
        yield opens_at, closes_at


def _span(milestone: Milestone) -> Iterator[tuple[datetime, datetime]]:
    if milestone.ends_at is not None and milestone.ends_at > milestone.starts_at:
        yield milestone.starts_at, milestone.ends_at


def _days(milestones: Sequence[Milestone], zone: str | None) -> dict[str, str]:
    """The days of milestones under every name that a date may stand to."""
    inside = {outside: name for name, outside in NAMES.items()}
    days: dict[str, str] = {}
    for milestone in reversed(milestones):
        first = _day(milestone.starts_at, zone)
        last = _day(milestone.ends_at, zone) if milestone.ends_at else first
        for name in {milestone.kind, inside.get(milestone.kind, milestone.kind)}:
            days |= {name: first, f"{name}_opens": first, f"{name}_start": first}
            days |= {f"{name}_closes": last, f"{name}_end": last}
    return days


def _day(moment: datetime, zone: str | None) -> str:
    return moment.astimezone(ZoneInfo(zone) if zone else UTC).date().isoformat()
