"""How an application is shown that was just made."""

from mentoring_applications.applications.schemas import ApplicationView
from mentoring_applications.applying.commands.submission import Submitted
from mentoring_applications.applying.schemas import SubmittedView


def submitted(made: Submitted) -> SubmittedView:
    """An application that was just made."""
    return SubmittedView(**ApplicationView.model_validate(made.application).model_dump(), ignored=made.ignored)
