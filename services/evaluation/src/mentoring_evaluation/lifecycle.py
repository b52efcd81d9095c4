"""The states of waves, interviews and reports, and what leads from one to the next."""

from collections.abc import Mapping
from typing import Any, Literal

WaveState = Literal["planned", "open", "closed", "cancelled"]
# What is shown of it: one that was called off takes no answers, and says that it was beside.
ShownWaveState = Literal["planned", "open", "closed"]
InterviewState = Literal["scheduled", "consented", "transcribed", "approved", "withdrawn"]
FocusGroupState = Literal["planned", "held", "cancelled"]
ReportState = Literal["queued", "ready", "approved", "published"]
CaseStudyState = Literal["draft", "approved", "withdrawn"]
RecommendationState = Literal["open", "in_progress", "done", "dropped"]
RecommendationAct = Literal["start", "finish", "drop", "reopen"]

# act → (states it may start from, state it ends in)
WAVE: Mapping[str, tuple[frozenset[WaveState], WaveState]] = {
    "open": (frozenset({"planned"}), "open"),
    "close": (frozenset({"open"}), "closed"),
    "cancel": (frozenset({"planned", "open"}), "cancelled"),
    "take_back": (frozenset({"closed"}), "cancelled"),  # only one that was brought in
}
INTERVIEW: Mapping[str, tuple[frozenset[InterviewState], InterviewState]] = {
    "consent": (frozenset({"scheduled"}), "consented"),
    "transcribe": (frozenset({"consented"}), "transcribed"),
    "amend": (frozenset({"transcribed"}), "transcribed"),
    "approve": (frozenset({"transcribed"}), "approved"),
    "withdraw": (frozenset({"scheduled", "consented", "transcribed", "approved"}), "withdrawn"),
}
FOCUS_GROUP: Mapping[str, tuple[frozenset[FocusGroupState], FocusGroupState]] = {
    "hold": (frozenset({"planned"}), "held"),
    "cancel": (frozenset({"planned"}), "cancelled"),
}
REPORT: Mapping[str, tuple[frozenset[ReportState], ReportState]] = {
    "build": (frozenset({"queued"}), "ready"),
    "write": (frozenset({"ready", "approved"}), "ready"),  # what was approved was another text
    "approve": (frozenset({"ready"}), "approved"),
    "publish": (frozenset({"ready", "approved"}), "published"),
}
CASE_STUDY: Mapping[str, tuple[frozenset[CaseStudyState], CaseStudyState]] = {
    "amend": (frozenset({"draft"}), "draft"),
    "approve_first": (frozenset({"draft"}), "draft"),
    "approve_second": (frozenset({"draft"}), "approved"),
    "withdraw": (frozenset({"draft", "approved"}), "withdrawn"),
}
RECOMMENDATION: Mapping[RecommendationAct, tuple[frozenset[RecommendationState], RecommendationState]] = {
    "start": (frozenset({"open"}), "in_progress"),
    "finish": (frozenset({"open", "in_progress"}), "done"),
    "drop": (frozenset({"open", "in_progress"}), "dropped"),
    "reopen": (frozenset({"done", "dropped"}), "open"),
}
# A recommendation in one of these states waits for its owner and can be overdue.
WAITING: frozenset[RecommendationState] = frozenset({"open", "in_progress"})
# An interview in one of these states was held and its pages count.
HELD: frozenset[InterviewState] = frozenset({"transcribed", "approved"})


def diagrams() -> dict[str, list[tuple[str, str, str]]]:
    """Every state machine as (from, to, act), by the name of the thing."""
    machines: dict[str, Mapping[Any, tuple[frozenset[Any], str]]] = {
        "wave": WAVE,
        "interview": INTERVIEW,
        "focus group": FOCUS_GROUP,
        "report": REPORT,
        "case study": CASE_STUDY,
        "recommendation": RECOMMENDATION,
    }
    return {
        name: [(before, after, act) for act, (start, after) in machine.items() for before in sorted(start)]
        for name, machine in machines.items()
    }
