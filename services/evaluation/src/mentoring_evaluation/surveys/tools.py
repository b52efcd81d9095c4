"""The tools with which surveys are asked that are brought in."""

from collections.abc import Mapping
from typing import Final, Literal

Tool = Literal["qualtrics", "limesurvey", "microsoft_forms", "google_forms", "other"]
TOOLS: Final[Mapping[str, str]] = {
    "qualtrics": "Qualtrics",
    "limesurvey": "LimeSurvey",
    "microsoft_forms": "Microsoft Forms",
    "google_forms": "Google Forms",
    "other": "another tool",
}
"""What people call each."""
