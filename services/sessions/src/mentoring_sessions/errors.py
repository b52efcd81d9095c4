"""What the sessions service says no to."""

from mentoring_common.errors import Conflict, Forbidden, NotFound, Rejected


class RelationshipNotFound(NotFound):
    """There is no such relationship."""


class ProgrammeNotFound(NotFound):
    """There is no such programme."""


class CohortNotFound(NotFound):
    """There is no such cohort."""


class GoalNotFound(NotFound):
    """There is no such goal."""


class ActionNotFound(NotFound):
    """There is no such action."""


class MentoringSessionNotFound(NotFound):
    """There is no such mentoring session."""


class NoteNotFound(NotFound):
    """There is no such note."""


class ConcernNotFound(NotFound):
    """There is no such concern."""


class ActivityNotFound(NotFound):
    """There is no such activity."""


class AgreementNotFound(NotFound):
    """Nobody has proposed an agreement yet."""


class PersonNotFound(NotFound):
    """There is no such person."""


class NotOfThePair(Forbidden):
    """Only the mentor and the mentee may do this."""


class NotForYou(Forbidden):
    """What people write in confidence is not shown to you."""


class OrientationNeeded(Conflict):
    """Both people attend an orientation first."""


class RelationshipOver(Conflict):
    """The relationship is over."""


class AgreementStands(Conflict):
    """Both people signed the agreement; it stands."""


class AgreementChanged(Conflict):
    """The agreement was changed since you read it."""


class AlreadySigned(Conflict):
    """You signed this agreement already."""


class MentoringSessionInFuture(Rejected):
    """A mentoring session is recorded after it was held."""


class MentoringSessionOutsideRelationship(Rejected):
    """The mentoring session is not within the time of the relationship."""


class AlreadyRecorded(Conflict):
    """This meeting is recorded already; say `another_meeting` if the pair met twice."""


class RecordWithdrawn(Conflict):
    """The record was withdrawn and counts no more."""


class PeopleNotOfProgramme(Rejected):
    """Some of these people have no part in the programme."""


class NoPartInProgramme(Forbidden):
    """Only who takes part in the programme may do this."""


class NotAttended(NotFound):
    """It is not recorded that this person attended."""


class ActivityFull(Conflict):
    """Every place of the activity is taken."""


class ActivityOver(Conflict):
    """The activity has been held."""


class ActivityNotBegun(Conflict):
    """The activity is on a later day."""


class AlreadyRegistered(Conflict):
    """You are registered for the activity already."""


class NotRegistered(Conflict):
    """You are not registered for the activity."""
