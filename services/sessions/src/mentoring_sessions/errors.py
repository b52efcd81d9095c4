"""What the sessions service says no to."""

from mentoring_common.errors import Conflict, Forbidden, NotFound, Rejected


class RelationshipNotFound(NotFound):
    """There is no such relationship."""


class ProgrammeNotFound(NotFound):
    """There is no such programme."""


class ConcernsOfProgramme(Rejected):
    """Who takes concerns is said by a programme: name it."""


class ProgrammeClosed(Conflict):
    """The programme is closed."""


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


class TopicUnknown(Rejected):
    """The programme has no such topic of meetings; `known` are those that it has."""


class OutsideHours(Rejected):
    """Somebody in the relationship cannot meet at these times: they said when they can."""


class FeedbackLinkNotFound(NotFound):
    """There is no such link, or it works no more."""


class FeedbackNotAsked(Conflict):
    """Nobody is asked about the habit this week."""


class FeedbackGiven(Conflict):
    """It was said already for this week."""


class TooManyLinks(Conflict):
    """The habit has as many links as it may have."""


class GlassBreakNotFound(NotFound):
    """Nobody asked for this."""


class SecondPersonNeeded(Forbidden):
    """Another person has to approve it than who asked."""


class GlassNotOpen(Conflict):
    """The notes are not open, or it was not asked for any more; `state` says where it stands."""


class NoteShared(Conflict):
    """Those in the relationship write this note together: it stays where they read it."""


class NoteOfAnother(Forbidden):
    """Only who wrote a note changes or removes it."""


class ConcernNotFound(NotFound):
    """There is no such concern."""


class OwnerNotOnDuty(Rejected):
    """Whoever sees to a concern may read it, and is not of the pair."""


class ReviewNotFound(NotFound):
    """There is no such review."""


class ReviewConcludedAlready(Conflict):
    """The programme team said already what follows from the review."""


class PlanMissing(Rejected):
    """Who starts afresh needs a plan: say what changes."""


class RematchOfPair(Conflict):
    """Only a pair is matched anew; people leave a group one by one."""


class HabitNotFound(NotFound):
    """There is no such habit."""


class HabitDropped(Conflict):
    """The habit was given up; take it up again first."""


class DayOutsideHabit(Rejected):
    """The day is to come, or not within the weeks of the habit."""


class ActivityNotFound(NotFound):
    """There is no such activity."""


class AgreementNotFound(NotFound):
    """Nobody has proposed an agreement yet."""


class PersonNotFound(NotFound):
    """There is no such person."""


class NotOfThePair(Forbidden):
    """Only the people of the relationship may do this."""


class NotForYou(Forbidden):
    """What people write in confidence is not shown to you."""


class OrientationNeeded(Conflict):
    """Everybody in the relationship attends an orientation first."""


class HandoverNotFound(NotFound):
    """The relationship continues no other."""


class NotTheMentee(Forbidden):
    """Only the mentee says what a new mentor takes over."""


class RelationshipOver(Conflict):
    """The relationship is over."""


class CourseNotRun(Conflict):
    """Before its end the programme team closes it, or you once your goals are reached; to stop, end the match."""


class AppointmentNotFound(NotFound):
    """There is no such appointment."""


class AppointmentOver(Conflict):
    """The appointment was cancelled, held or missed, or nothing is proposed."""


class CorrectionReasonNeeded(Rejected):
    """It was said that the meeting was missed: say why that was wrong."""


class AppointmentNotBegun(Conflict):
    """No time was agreed, or it has not come."""


class ProposedByYou(Conflict):
    """You proposed these times yourself; another one of the relationship accepts."""


class TimeNotProposed(Rejected):
    """This is none of the times that were proposed."""


class TimePassed(Rejected):
    """A time in the future is wanted."""


class FeedNotFound(NotFound):
    """There is no such calendar."""


class AlreadyPaused(Conflict):
    """The relationship is paused already."""


class NotPaused(Conflict):
    """The relationship is not paused."""


class DayPassed(Rejected):
    """A day in the future is wanted."""


class PhaseUnknown(Rejected):
    """The programme has no phase of this name."""


class PhaseNotFound(NotFound):
    """There is no such phase of the relationship."""


class StepNotFound(NotFound):
    """There is no such step in the checklist."""


class PhaseBegun(Conflict):
    """The phase has begun already."""


class AgreementNeeded(Conflict):
    """The programme wants an agreement that everybody signed before the first meeting."""


class AgreementAnswersInvalid(Rejected):
    """An agreement answers every question of the programme, and no other."""


class NotSigned(Conflict):
    """There is no signature of yours to take back."""


class AgreementChanged(Conflict):
    """The agreement was changed since you read it."""


class AlreadySigned(Conflict):
    """You signed this agreement already."""


class AgreementNotMade(Rejected):
    """Relationships of this kind make no agreement."""


class NotesPrivate(Rejected):
    """What is written in relationships of this kind is for the people in them."""


class NoSupervisor(Rejected):
    """Nobody supervises you in this programme: the note would have no reader."""


class PeopleNotMembers(Rejected):
    """Some of these people are not in the relationship."""


class MentoringSessionInFuture(Rejected):
    """A mentoring session is recorded after it was held."""


class MentoringSessionOutsideRelationship(Rejected):
    """The mentoring session is not within the time of the relationship."""


class AlreadyRecorded(Conflict):
    """This meeting is recorded already; say `another_meeting` if the pair met twice."""


class MeetingDiffers(Conflict):
    """The meeting is recorded, otherwise than you say: confirm it without minutes, or correct or withdraw it."""


class RecordWithdrawn(Conflict):
    """The record was withdrawn and counts no more."""


class PeopleNotOfProgramme(Rejected):
    """Some of these people have no part in the programme."""


class NoPartInProgramme(Forbidden):
    """Only who takes part in the programme may do this."""


class ActivityForOthers(Forbidden):
    """The activity is for others of the programme: another side or cohort, or a group that you are not in."""


class NotAttended(NotFound):
    """It is not recorded that this person attended."""


class ResourceNotFound(NotFound):
    """There is no such resource."""


class ResourceFileNotFound(NotFound):
    """There is no such file."""


class ResourceFileRefused(Rejected):
    """The library takes no such file: its content is not what it is said to be; `accept` says which kinds."""


class ResourceFilesUnknown(Rejected):
    """A wording names a file that was not sent for this library, or belongs to another resource."""


class ResourceOfBlueprint(Conflict):
    """It stands in the programme's blueprint: change it there, by amending the programme."""


class ResourceGone(Conflict):
    """The resource was withdrawn."""


class CertificateNotFound(NotFound):
    """There is no such certificate."""


class NotComplete(Conflict):
    """Not everything that is asked to complete the programme is met yet."""


class CertificateNotValid(Conflict):
    """The certificate was withdrawn: an attendance that it counts was taken back. Ask for another one."""


class SeriesNotFound(NotFound):
    """There is no such series of activities."""


class NotOfSeries(Conflict):
    """The activity is of no series, so that nothing follows it."""


class ActivityKindUnknown(Rejected):
    """The programme has no activities of this kind."""


class ActivityFull(Conflict):
    """Every place of the activity is taken."""


class ActivityOver(Conflict):
    """The activity has been held."""


class ActivityNotBegun(Conflict):
    """The time of the activity has not come."""


class AttendanceRecorded(Conflict):
    """Somebody attended the activity; take that back first, with a reason. `attended` says how many."""


class ActivityCalledOff(Conflict):
    """The activity was cancelled."""


class PrerequisiteMissing(Conflict):
    """Somebody attends another kind of activity first; `kind` says which."""


class PlacesTaken(Conflict):
    """More people have a place than there would be places; `registered` says how many."""


class WrongDoorCode(Rejected):
    """This is not the code of the activity."""


class AttendanceTakenBack(Conflict):
    """It was taken back that you were at this activity; if you were, ask the programme team to record it."""


class AlreadyRegistered(Conflict):
    """You are registered for the activity already."""


class NotRegistered(Conflict):
    """You are not registered for the activity."""
