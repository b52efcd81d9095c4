"""What the evaluation service says no to."""

from mentoring_common.errors import Conflict, Forbidden, NotFound, Rejected, Unavailable


class NetworkNotFound(NotFound):
    """There is no such network."""


class SharedReportNotFound(NotFound):
    """There is no such shared report."""


class ReportNotForNetwork(Conflict):
    """Only a published report of the kind `network` is shared with a network."""


class NotInNetwork(Conflict):
    """The organisation is no member of the network."""


class ProgrammeNotFound(NotFound):
    """There is no such programme."""


class InstrumentNotFound(NotFound):
    """There is no such version of a survey."""


class NoAnswerSheets(NotFound):
    """No closed survey of the programme says that researchers may be given its answer sheets, or nobody answered."""


class FigureNotFound(NotFound):
    """The programme has no such figure for this group, or its survey has not closed."""


class CohortNotFound(NotFound):
    """There is no such cohort."""


class WaveNotFound(NotFound):
    """There is no such survey wave."""


class SurveyNotFound(NotFound):
    """There is no survey behind this link."""


class MatchNotFound(NotFound):
    """There is no such match."""


class InterviewNotFound(NotFound):
    """There is no such interview."""


class FocusGroupNotFound(NotFound):
    """There is no such focus group."""


class NotOfFocusGroup(NotFound):
    """The person does not take part in the focus group."""


class IndicatorValueNotFound(NotFound):
    """The indicator has no such value."""


class HrOutcomeNotFound(NotFound):
    """The programme has no such outcome from HR data."""


class ReportNotFound(NotFound):
    """There is no such report."""


class CaseStudyNotFound(NotFound):
    """There is no such case study."""


class ThemeNotFound(NotFound):
    """There is no such theme."""


class CodingNotFound(NotFound):
    """There is no such coding."""


class DecisionNotFound(NotFound):
    """There is no such decision of a committee."""


class RecommendationNotFound(NotFound):
    """There is no such recommendation."""


class ModelNotFound(NotFound):
    """The programme has no evaluation model."""


class IndicatorNotFound(NotFound):
    """The evaluation model has no such indicator."""


class CriterionNotFound(NotFound):
    """There is no such criterion that a person judges; the others are counted."""


class SectionsInvalid(Rejected):
    """A case study has the sections that the programme names."""


class GoalUnknown(Rejected):
    """The programme has no such goal."""


class TextUnknown(Rejected):
    """A quote is of an approved interview and a comment of a closed wave of this programme."""


class ModelInvalid(Rejected):
    """This is no evaluation model."""


class IndicatorValueInvalid(Rejected):
    """The numbers cannot be a value of this indicator."""


class HrOutcomeInvalid(Rejected):
    """The numbers cannot be an outcome from HR data."""


class DueDateInvalid(Rejected):
    """A recommendation is due later than now."""


class InstrumentUnknown(Rejected):
    """The programme has no survey of this name."""


class ModeNotDeclared(Rejected):
    """The programme's blueprint does not declare this survey as named or paired."""


class PresetUnknown(Rejected):
    """There is no preset of this name."""


class LocalTimeInvalid(Rejected):
    """There is no such local time: the zone is unknown, or its clocks skip this hour."""


class WaveTimesInvalid(Rejected):
    """The times of the wave do not fit."""


class SurveyAnswersInvalid(Rejected):
    """Some answers do not fit their questions; `errors` names them."""


class NotInPair(Rejected):
    """This person is not one of the pair."""


class PublishedUnreadable(Rejected):
    """The published figures, or the table, cannot be read."""


class ApproverUnknown(Rejected):
    """No role of this name can approve here: it is none of the built-in ones, and nobody holds it."""


class ImportInvalid(Rejected):
    """Some of the table cannot be read as answers to the survey; `errors` names rows and columns."""


class NotComparable(Rejected):
    """These two figures cannot be compared."""


class NarrativeInvalid(Rejected):
    """The text refers to figures or quotes that this report does not have."""


class WordsRepeated(Rejected):
    """The text repeats, word for word, what somebody said in an interview: refer to the quote instead."""


class ParticipantsUnknown(Rejected):
    """Who takes part has applied to the programme or holds a role in it; `errors` name those who have not."""


class AttendeesUnknown(Rejected):
    """Who attended holds a role in the programme; `errors` name those who do not."""


class DecisionToCome(Rejected):
    """A decision was made on a day that has come."""


class AboutUnknown(Rejected):
    """What is decided about is the programme itself, or a theme, recommendation or application of it."""


class OwnerUnknown(Rejected):
    """A recommendation is owned by somebody with a role in the programme; a team is named as such."""


class InstrumentFrozen(Conflict):
    """A wave opened with this version of the survey, or a newer one exists: make a new version."""


class WaveAnonymous(Conflict):
    """This survey is anonymous: nobody can say who answered what."""


class OnlyCompared(Conflict):
    """Of a paired survey only the two sides are compared: nobody reads who answered what."""


class AlreadyWithdrawn(Conflict):
    """This was withdrawn before; what counts is recorded anew."""


class InterviewsNotApproved(Conflict):
    """A case study needs the approved interviews of both people of the pair."""


class CaseStudyExists(Conflict):
    """This pair has a case study already."""


class CaseStudyChanged(Conflict):
    """The case study was changed or withdrawn; read it again."""


class GoalExists(Conflict):
    """The programme has a goal of this title already."""


class ThemeExists(Conflict):
    """The programme has a theme of this title already."""


class RecommendationStateConflict(Conflict):
    """The recommendation is not at the step that this needs."""


class WaveExists(Conflict):
    """This cohort has a wave of this survey and occasion already."""


class WaveClosed(Conflict):
    """The survey is closed."""


class WaveCancelled(Conflict):
    """The survey was called off, or taken back."""


class WaveGathers(Conflict):
    """This wave gathers what is answered after meetings or activities, as the blueprint has it: nobody calls it off."""


class WaveNotOpen(Conflict):
    """The survey is not open yet."""


class WaveNotClosed(Conflict):
    """The survey is still running; comments are read once it is closed."""


class TooFewAsked(Conflict):
    """Too few different people were asked: what they said is not shown."""


class SurveyAlreadyAnswered(Conflict):
    """This invitation was used: an answer was given with it."""


class PairEndedEarly(Conflict):
    """The pair ended early; interviews are with pairs that stand or ran their course."""


class AlreadyInterviewed(Conflict):
    """This person has an interview about this pair already."""


class FocusGroupStateConflict(Conflict):
    """The focus group is not at the step that this needs."""


class InterviewStateConflict(Conflict):
    """The interview is not at the step that this needs."""


class ReportNotReady(Conflict):
    """The report is still being built."""


class AlreadyPublished(Conflict):
    """The report is published already."""


class ApprovalNeeded(Conflict):
    """The report is published after a named role has approved it."""


class ApprovalNotNeeded(Conflict):
    """No approval is awaited for this report."""


class ReferencesUnresolved(Conflict):
    """The text refers to figures that the report does not have; it cannot be published."""


class WordingChanged(Conflict):
    """The wording was changed since you read it; read it again."""


class WordingHasAddress(Conflict):
    """The wording has an e-mail address, which no published report shows."""


class PrinterBusy(Unavailable):
    """Too many readers wait for a page to be made; try again."""


class RespondentNotFound(NotFound):
    """There is no such respondent."""


class RespondentKindUnknown(Rejected):
    """The programme has no such kind of respondents; `kinds` names those it has."""


class NotAsked(Rejected):
    """The survey asks this kind of respondents nothing."""


class MemberNeeded(Rejected):
    """Respondents of this kind are somebody's: name a member of the programme, of the right side."""


class MembersOwn(Forbidden):
    """This is the member's own to say, or the programme team's."""


class TooManyRespondents(Conflict):
    """The member has as many respondents of this kind as the programme asks for; `most` says how many."""


class RespondentAlreadyNamed(Conflict):
    """This address is named already."""


class RespondentsAreApplicants(Rejected):
    """Respondents of this kind are whoever applied: nobody names them."""
