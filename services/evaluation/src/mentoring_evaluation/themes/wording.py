"""What the programme team's own words must not say where they leave the programme."""

import re

from mentoring_evaluation.errors import WordingHasAddress

_ADDRESS = re.compile(r"[^\s@<>]+@[^\s@<>]+\.\w+")


def require_no_address(*texts: str) -> None:
    """WordingHasAddress if one of the texts has an e-mail address. Names are for whoever approves to find."""
    if any(_ADDRESS.search(text) for text in texts):
        raise WordingHasAddress()
