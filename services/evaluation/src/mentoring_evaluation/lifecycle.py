"""The states of waves, interviews and reports, and what leads from one to the next."""

from typing import Literal

WaveState = Literal["planned", "open", "closed"]
InterviewState = Literal["scheduled", "consented", "transcribed", "approved", "withdrawn"]
ReportState = Literal["queued", "ready", "published"]

# act -> (states it may start from, state it ends in)
WAVE: dict[str, tuple[frozenset[WaveState], WaveState]] = {
    "open": (frozenset({"planned"}), "open"),
    "close": (frozenset({"open"}), "closed"),
}
INTERVIEW: dict[str, tuple[frozenset[InterviewState], InterviewState]] = {
    "consent": (frozenset({"scheduled"}), "consented"),
    "transcribe": (frozenset({"consented"}), "transcribed"),
    "amend": (frozenset({"transcribed"}), "transcribed"),
    "approve": (frozenset({"transcribed"}), "approved"),
    "withdraw": (frozenset({"scheduled", "consented", "transcribed", "approved"}), "withdrawn"),
}
REPORT: dict[str, tuple[frozenset[ReportState], ReportState]] = {
    "build": (frozenset({"queued"}), "ready"),
    "publish": (frozenset({"ready"}), "published"),
}
# An interview in one of these states was held and its pages count.
HELD: frozenset[InterviewState] = frozenset({"transcribed", "approved"})
