"""What the applications service says no to."""

from mentoring_common.errors import Conflict, NotFound


class PersonNotFound(NotFound):
    """There is no such person."""


class EmailTaken(Conflict):
    """Another person has this e-mail address."""
