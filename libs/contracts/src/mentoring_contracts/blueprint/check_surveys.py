"""Whether surveys ask what can be answered, count what can be said, and figures are named that there are."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mentoring_contracts.blueprint.activities import BUILT_IN
from mentoring_contracts.blueprint.evaluation import COUNTS, FIGURES, Indicator
from mentoring_contracts.blueprint.faults import Fault, Path, unknown
from mentoring_contracts.blueprint.surveys import PRESETS, Instrument, Question
from mentoring_contracts.blueprint.text import plain
from mentoring_contracts.blueprint.whole import Blueprint
from mentoring_contracts.words import SIDES

PRESET_FIGURES = frozenset({
    "became_mentor", "clearer_goals", "confident", "easy_to_talk", "lasting_effect", "listened",
    "mentees_intending_to_mentor", "mentored_again", "mentors_intending_to_return", "met_objectives", "moved_on",
    "next_step_agreed", "prepared", "purpose_agreed", "relationship_health", "satisfied_with_match", "session_useful",
    "still_in_contact", "talked_about", "time_enough", "what_helped", "wider_network", "would_recommend",
})  # fmt: skip
"""The figures of the surveys that ship."""


def options_of(blueprint: Blueprint, question: Question) -> list[str]:
    """The answers of a question as they are kept: options, those of its scale, or the numbers of a scale."""
    if question.kind == "scale" and question.min is not None and question.max is not None:
        return [str(number) for number in range(question.min, question.max + 1)]
    listed = blueprint.scales.get(question.scale, []) if question.scale else question.options
    return [plain(option, blueprint.languages) for option in listed]


def instrument_faults(blueprint: Blueprint) -> Iterator[Fault]:
    """Unknown scales, answers that are counted and cannot be given, conditions that never hold, names used twice."""
    for place, instrument in enumerate(blueprint.instruments):
        at: Path = ("instruments", place)
        if instrument.id in [one.id for one in blueprint.instruments[:place]]:
            yield Fault((*at, "id"), "twice", "two instruments have one id")
        if instrument.researchers and instrument.mode != "anonymous":
            yield Fault((*at, "researchers"), "not_anonymous", "researchers are given sheets without names only")
        for number in range(len(instrument.questions)):
            yield from _question(blueprint, instrument, number, (*at, "questions", number))
            yield from _figure(instrument, number, (*at, "questions", number))
        yield from _wordings(blueprint, instrument, at)


def _question(blueprint: Blueprint, instrument: Instrument, number: int, at: Path) -> Iterator[Fault]:
    question = instrument.questions[number]
    known = [*SIDES, *(kind.id for kind in blueprint.respondents)]
    for place, role in enumerate(question.roles):
        if role not in known:
            yield unknown((*at, "roles", place), "role or kind of respondents", role, known)
    if question.scale is not None and question.scale not in blueprint.scales:
        yield unknown((*at, "scale"), "scale", question.scale, list(blueprint.scales))
        return
    options = options_of(blueprint, question)
    if len(set(options)) < len(options):
        yield Fault((*at, "options"), "twice", "an option is listed twice")
    if len({row.id for row in question.rows}) < len(question.rows):
        yield Fault((*at, "rows"), "twice", "two rows have one id")
    for place, answer in enumerate(question.counted):
        if answer not in options:
            yield unknown((*at, "counted", place), "option", answer, options)
    for label in question.labels:
        if question.kind != "scale" or label not in options:
            yield Fault((*at, "labels"), "label", "labels name the numbers of a scale")
    if question.shown_when is not None:
        earlier = {one.id: one for one in instrument.questions[:number]}
        if question.shown_when.question not in earlier:
            yield unknown((*at, "shown_when", "question"), "earlier question", question.shown_when.question, [*earlier])
        else:
            other = earlier[question.shown_when.question]
            if not all(_can_be(blueprint, other, answer) for answer in question.shown_when.answers):
                yield Fault((*at, "shown_when"), "never", "it names an answer that the earlier question does not have")


def question_faults(blueprint: Blueprint) -> Iterator[Fault]:
    """Figures that would always be 100 %, questions nobody of a role comes to, scales and respondents nobody uses,
    waves that ask people of whom their survey asks nothing."""
    for place, instrument in enumerate(blueprint.instruments):
        for number, question in enumerate(instrument.questions):
            at: Path = ("instruments", place, "questions", number)
            options = options_of(blueprint, question)
            if question.counted and set(question.counted) == set(options):
                yield Fault((*at, "counted"), "always", "every answer is counted: it is always 100 %", level="warning")
            shown = question.shown_when
            earlier = next((one for one in instrument.questions[:number] if shown and one.id == shown.question), None)
            unasked = [role for role in question.roles if earlier is not None and role not in earlier.roles]
            if unasked:
                said = f"the earlier question is not asked of {unasked[0]}: they would never see this one"
                yield Fault((*at, "shown_when", "question"), "not_asked", said)
    questions = [question for one in blueprint.instruments for question in one.questions]
    for name in blueprint.scales:
        if name not in [question.scale for question in questions]:
            yield Fault(("scales", name), "unused", "no question has this scale", level="warning")
    yield from _asks_nothing(blueprint)
    for place, kind in enumerate(blueprint.respondents):
        if not any(kind.id in question.roles for question in questions):
            yield Fault(("respondents", place), "unused", "no question asks them", level="warning")
        elif not any(kind.id in wave.respondents for wave in blueprint.waves):
            yield Fault(("respondents", place), "unused", "no wave asks them", level="warning")


def _asks_nothing(blueprint: Blueprint) -> Iterator[Fault]:
    own = {one.id: {role for question in one.questions for role in question.roles} for one in blueprint.instruments}
    for place, wave in enumerate(blueprint.waves):
        roles = own.get(wave.instrument)
        if roles is None:
            continue
        for member, asked in (("roles", wave.roles), ("respondents", wave.respondents)):
            for number, role in enumerate(asked if member in wave.model_fields_set else ()):
                if role not in roles:
                    said = f"{wave.instrument} has no question for a {role}"
                    yield Fault(("waves", place, member, number), "not_asked", said)


def _figure(instrument: Instrument, number: int, at: Path) -> Iterator[Fault]:
    """Of each role one question says a figure: two shares under one name would be neither."""
    question = instrument.questions[number]
    for earlier in instrument.questions[:number] if question.figure else ():
        both = [role for role in question.roles if role in earlier.roles]
        if earlier.figure == question.figure and both:
            yield Fault(
                (*at, "figure"), "twice", f"another question is published under this name for the {both[0]} too"
            )


def _can_be(blueprint: Blueprint, question: Question, answer: Any) -> bool:
    """Whether an earlier question can be answered so; of several choices a list stands for exactly what is in it."""
    if question.kind == "integer":
        low = question.min if question.min is not None else -(2**31)
        high = question.max if question.max is not None else 2**31 - 1
        return isinstance(answer, int) and not isinstance(answer, bool) and low <= answer <= high
    if question.kind == "text":
        return isinstance(answer, str)
    said = {str(one) for one in (answer if isinstance(answer, list) else [answer])}
    several = question.kind == "choices" or not isinstance(answer, list)
    return question.kind != "matrix" and several and bool(said) and said <= set(options_of(blueprint, question))


def _wordings(blueprint: Blueprint, instrument: Instrument, at: Path) -> Iterator[Fault]:
    questions = {question.id: question for question in instrument.questions}
    kinds = [(wording.language, wording.easy_read) for wording in instrument.wordings]
    for place, wording in enumerate(instrument.wordings):
        here: Path = (*at, "wordings", place)
        if (wording.language, wording.easy_read) in kinds[:place]:
            yield Fault((*here, "language"), "twice", "two wordings are of one language and kind")
        for name, words in wording.questions.items():
            if name not in questions:
                yield unknown((*here, "questions", name), "question", name, list(questions))
                continue
            question = questions[name]
            for member, known in (
                ("options", [] if question.kind == "scale" else options_of(blueprint, question)),
                ("rows", [row.id for row in question.rows]),
                ("labels", options_of(blueprint, question) if question.kind == "scale" else []),
            ):
                for said in getattr(words, member):
                    if said not in known:
                        yield unknown((*here, "questions", name, member, said), member[:-1], said, known)


def survey_faults(blueprint: Blueprint) -> Iterator[Fault]:
    """Surveys that follow what happens: of surveys and kinds of activities that there are, and anonymous ones."""
    known = {instrument.id: instrument for instrument in blueprint.instruments}
    kinds = [*BUILT_IN, *(kind.id for kind in blueprint.activities.kinds)]
    for place, rule in enumerate(blueprint.surveys.after):
        at: Path = ("surveys", "after", place)
        if rule.instrument not in known and rule.instrument not in PRESETS:
            yield unknown((*at, "instrument"), "instrument", rule.instrument, [*known, *PRESETS])
        elif rule.instrument in known and known[rule.instrument].mode != "anonymous":
            yield Fault(
                (*at, "instrument"), "not_anonymous", "a survey that follows a meeting or an activity is anonymous"
            )
        for number, kind in enumerate(rule.kinds):
            if kind not in kinds:
                yield unknown((*at, "kinds", number), "kind of activity", kind, kinds)


def figures_of(blueprint: Blueprint) -> set[str]:
    """The names of all figures that the programme can have."""
    return _own_figures(blueprint) | set(FIGURES) | PRESET_FIGURES


def _own_figures(blueprint: Blueprint) -> set[str]:
    """The figures of the blueprint's own surveys: shares, all of them."""
    questions = [question for one in blueprint.instruments for question in one.questions]
    rows = {row.figure for question in questions for row in question.rows if row.figure}
    return {question.figure for question in questions if question.figure} | rows


def model_faults(blueprint: Blueprint) -> Iterator[Fault]:
    """Indicators of stages or figures that there are not."""
    model = blueprint.evaluation_model
    if model is None:
        return
    known = _Known.of(blueprint)
    stages = model.stages if isinstance(model.stages, list) else list(model.stages.values())
    names = [stage.id for stage in model.stages] if isinstance(model.stages, list) else list(model.stages)
    shipped = SHIPPED_STAGES.get(model.kind, ()) if not isinstance(model.stages, list) else ()
    for name in names if shipped else ():
        if name not in shipped:
            yield unknown(("evaluation_model", "stages", name), "stage", name, shipped)
    for place, stage in enumerate(stages):
        key: str | int = place if isinstance(model.stages, list) else names[place]
        for number, indicator in enumerate(stage.indicators):
            yield from _indicator(indicator, known, ("evaluation_model", "stages", key, "indicators", number))
    for number, indicator in enumerate(model.indicators):
        at: Path = ("evaluation_model", "indicators", number)
        if indicator.stage is None:
            yield Fault((*at, "stage"), "missing", "it is needed: indicators beside the stages say which is theirs")
        elif indicator.stage not in {*names, *shipped}:
            yield unknown((*at, "stage"), "stage", indicator.stage, sorted({*names, *shipped}))
        yield from _indicator(indicator, known, at)


SHIPPED_STAGES = {
    "logic_tree": ("inputs", "activities", "outputs", "outcomes"),
    "kirkpatrick": ("reaction", "learning", "behaviour", "results"),
    "five_stage": (
        "knowledge_acquisition", "application_of_learning", "behaviour_change", "culture_and_organisational_change",
        "impact",
    ),
    "hamblin": ("reactions", "learning", "job_behaviour", "organisation", "ultimate_value"),
}  # fmt: skip
"""The stages of the models that ship."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What the parts of a figure's name may be: name, cohort, role, wave."""

    figures: list[str]
    cohorts: list[str]
    roles: list[str]
    surveys: list[str]
    shares: frozenset[str]

    @classmethod
    def of(cls, blueprint: Blueprint) -> "_Known":
        return cls(
            sorted(figures_of(blueprint)),
            [str(cohort.number) for cohort in blueprint.cohorts],
            [*SIDES, *(kind.id for kind in blueprint.respondents)],
            sorted({*PRESETS, *(instrument.id for instrument in blueprint.instruments)}),
            frozenset(_own_figures(blueprint)),
        )


def _indicator(indicator: Indicator, known: _Known, at: Path) -> Iterator[Fault]:
    if indicator.kind == "share" and indicator.target is not None and not 0 <= indicator.target <= 100:
        yield Fault((*at, "target"), "never", "a share is from 0 to 100 percent: it could not be reached")
    if indicator.kind == "share" and indicator.target is not None and 0 < indicator.target < 1:
        said = "a share is in percent: of four in five the target is 80"
        yield Fault((*at, "target"), "unit", said, level="warning")
    if indicator.figure is None:
        return
    parts = [part.strip() for part in indicator.figure.split(",")]
    by_place = [part for part in parts if "=" not in part]
    if len(by_place) > 4 or not by_place or not by_place[0]:
        yield Fault((*at, "figure"), "figure", "a figure is named name,cohort,role,wave; what is blank means all")
        return
    name, cohort, role, wave = (*by_place, "", "", "")[:4]
    if name not in known.figures:
        yield unknown((*at, "figure"), "figure", name, known.figures)
    elif name in known.shares and indicator.kind != "share":
        yield Fault((*at, "kind"), "kind", f"{name} is the share of those who answered so: kind is share")
    elif name in COUNTS and indicator.kind != "count":
        yield Fault((*at, "kind"), "kind", f"{name} is a number that is counted, of no whole: kind is count")
    if cohort and known.cohorts and cohort not in known.cohorts:
        yield unknown((*at, "figure"), "cohort", cohort, known.cohorts)
    if role and role not in known.roles:
        yield unknown((*at, "figure"), "role or kind of respondents", role, known.roles)
    if wave and wave not in known.surveys:
        yield unknown((*at, "figure"), "survey", wave, known.surveys)


def publishing_faults(blueprint: Blueprint) -> Iterator[Fault]:
    """A programme of so few that its public view says nothing of its surveys, whoever answers."""
    places = sum(cohort.places for cohort in blueprint.cohorts)
    least = _least_asked(blueprint.disclosure.public.minimum_n)
    if blueprint.instruments and 0 < places < least:
        said = (
            f"of {places} pairs the public view and public reports say nothing of surveys, whoever answers: it takes "
            f"{least} mentors or mentees, since counts are rounded to 5; the programme team reads what it may"
        )
        yield Fault(("disclosure", "public", "minimum_n"), "too_few_to_publish", said, level="warning")


def _least_asked(minimum: int) -> int:
    """Of how many who were asked some number of answers is shown: the end of the first band of five that begins at the
    minimum or above (evaluation, disclosure/bands)."""
    return 5 * ((minimum + 6) // 5) + 2
