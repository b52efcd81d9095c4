"""The states of waves, interviews and reports, and what leads from one to the next."""

from collections.abc import Mapping
from typing import Any, Literal

WaveState = Literal["planned", "open", "closed"]
InterviewState = Literal["scheduled", "consented", "transcribed", "approved", "withdrawn"]
ReportState = Literal["queued", "ready", "approved", "published"]

# act → (states it may start from, state it ends in)
WAVE: Mapping[str, tuple[frozenset[WaveState], WaveState]] = {
    "open": (frozenset({"planned"}), "open"),
    "close": (frozenset({"open"}), "closed"),
}
INTERVIEW: Mapping[str, tuple[frozenset[InterviewState], InterviewState]] = {
    "consent": (frozenset({"scheduled"}), "consented"),
    "transcribe": (frozenset({"consented"}), "transcribed"),
    "amend": (frozenset({"transcribed"}), "transcribed"),
    "approve": (frozenset({"transcribed"}), "approved"),
    "withdraw": (frozenset({"scheduled", "consented", "transcribed", "approved"}), "withdrawn"),
}
REPORT: Mapping[str, tuple[frozenset[ReportState], ReportState]] = {
    "build": (frozenset({"queued"}), "ready"),
    "write": (frozenset({"ready", "approved"}), "ready"),  # what was approved was another text
    "approve": (frozenset({"ready"}), "approved"),
    "publish": (frozenset({"ready", "approved"}), "published"),
}
# An interview in one of these states was held and its pages count.
HELD: frozenset[InterviewState] = frozenset({"transcribed", "approved"})


def diagrams() -> dict[str, list[tuple[str, str, str]]]:
    """Every state machine as (from, to, act), by the name of the thing."""
    machines: dict[str, Mapping[str, tuple[frozenset[Any], str]]] = {
        "wave": WAVE,
        "interview": INTERVIEW,
        "report": REPORT,
    }
    return {
        name: [(before, after, act) for act, (start, after) in machine.items() for before in sorted(start)]
        for name, machine in machines.items()
    }
