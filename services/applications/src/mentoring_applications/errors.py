"""What the applications service says no to."""

from mentoring_common.errors import Conflict, Forbidden, NotFound, Rejected


class NetworkNotFound(NotFound):
    """There is no such network."""


class MembershipNotFound(NotFound):
    """There is no such membership of a network."""


class NetworkBlueprintNotFound(NotFound):
    """There is no such blueprint of a network."""


class OriginNotFound(NotFound):
    """The programme was not made from a blueprint of a network."""


class NetworkClosed(Conflict):
    """The network was closed: nobody joins it, and nothing is published in it."""


class AlreadyMember(Conflict):
    """The organisation is a member of the network, or has been invited and has not answered."""


class MembershipNotAllowed(Conflict):
    """The membership is in a state in which this cannot be; `state` names it."""


class NothingChanged(Conflict):
    """The blueprint is the same as its last version in the network."""


class UnknownOrganisation(Rejected):
    """There is no such organisation."""


class MemberIsOffice(Rejected):
    """An organisation is no member of its own network."""


class PersonNotFound(NotFound):
    """There is no such person."""


class ProgrammeNotFound(NotFound):
    """There is no such programme."""


class CohortNotFound(NotFound):
    """There is no such cohort."""


class ApplicationNotFound(NotFound):
    """There is no such application."""


class AssessmentNotFound(NotFound):
    """There is no such assessment."""


class DraftNotFound(NotFound):
    """There is no such draft."""


class FileNotFound(NotFound):
    """There is no such file."""


class NominationNotFound(NotFound):
    """There is no such nomination, or the link is not valid."""


class NominationIsOver(Conflict):
    """The nomination was answered, taken back or lapsed, or the application does not wait for it any more."""


class AlreadyNominated(Conflict):
    """The person is nominated in this role already."""


class NominatorNotAllowed(Forbidden):
    """The programme does not take nominations from them; `by` names from whom it does."""


class NominationsNotTaken(Rejected):
    """The programme takes no nominations for this role."""


class NominatorNeeded(Rejected):
    """The application needs somebody who stands behind it: name them in `nominator`."""


class NominatorIsOneself(Rejected):
    """Nobody nominates themselves."""


class StatementNeeded(Rejected):
    """The programme asks the nominator to say something: `statement`."""


class RoleNotFound(NotFound):
    """There is no such role of a person."""


class BlueprintNotFound(NotFound):
    """There is no such blueprint."""


class EmailTaken(Conflict):
    """Another person has this e-mail address."""


class ApiKeyNotFound(NotFound):
    """There is no such API key."""


class ApiKeyRevoked(Conflict):
    """The API key was revoked: make another."""


class ExpiryOutOfRange(Rejected):
    """An API key ends in the future, within two years."""


class UserNameTaken(Conflict):
    """Another person of the employer has this account name."""


class AlreadyLeft(Conflict):
    """The person left already, by another day or for another reason; take that back first."""


class HasLeft(Conflict):
    """The person left their employer; until that is taken back they start nothing new."""


class ExternalIdTaken(Conflict):
    """Another person of this employer has this external id."""


class SlugTaken(Conflict):
    """Another organisation has this slug."""


class RoleUnknown(Rejected):
    """The programme has no such role that is given by hand; `roles` names those it has."""


class NoteNotAsked(Rejected):
    """Nothing is noted of who holds this role: the blueprint's role has no `note`."""


class NoteNeeded(Rejected):
    """The role asks for something to be noted of each who holds it."""


class NotOfTeam(Rejected):
    """Some of these people hold no role in the programme that could be taken from them."""


class NobodyManages(Rejected):
    """Nobody of the new team would be able to manage the programme."""


class LastManager(Conflict):
    """Nobody else could manage the programme then."""


class RoleIsOver(Rejected):
    """A role is given until a moment that is still to come."""


class RoleAlreadyHeld(Conflict):
    """The person holds this role already."""


class CohortNumberTaken(Conflict):
    """The programme has a cohort of this number."""


class TooManyEmailChanges(Conflict):
    """The address was to be changed several times within the hour; try again later."""


class EmailChangeNotFound(NotFound):
    """This link is not valid, was used, or is too old."""


class PlacesInUse(Conflict):
    """More mentees are accepted than there would be places."""


class WindowClosed(Conflict):
    """Applications are not open now; `opens_at` and `closes_at` say when they are."""


class DraftExists(Conflict):
    """The person has a draft for this round and role; `draft_id` names it."""


class EditingNotOffered(Conflict):
    """The programme takes no changes to an application that was submitted."""


class AssessmentNotOffered(Conflict):
    """The programme does not have such applications assessed."""


class AssessmentClosed(Conflict):
    """Everybody has scored, the application is decided, or you declared a conflict: it cannot be scored any more."""


class AssessmentIncomplete(Conflict):
    """Not everybody has scored the application."""


class ModerationNeeded(Conflict):
    """The scores are far apart: say first what follows from them."""


class ConflictOfInterest(Conflict):
    """Somebody is too close to the applicant to assess them."""


class TooManyAssessors(Conflict):
    """More people are asked than the programme has assess an application; `assessors` says how many."""


class DecisionTold(Conflict):
    """The person knows of the decision, or was offered a match: it cannot be undone."""


class TooSoonToApply(Conflict):
    """The programme asks people to wait before they apply again; `applies_from` says until when."""


class AlreadyApplied(Conflict):
    """The person has applied in this role already."""


class CohortStillOpen(Conflict):
    """This is shown once the cohort is closed."""


class CohortIsClosed(Conflict):
    """The cohort is closed."""


class ProgrammeClosed(Conflict):
    """The programme is closed."""


class CohortFull(Conflict):
    """Every place of the cohort is taken."""


class CohortNeeded(Conflict):
    """The application is for a later round: move it to a cohort first."""


class LaterRoundNotOffered(Conflict):
    """The programme takes no applications for a later round: name a cohort."""


class SameCohort(Conflict):
    """The application is in this cohort already."""


class NotEligible(Conflict):
    """The person does not meet every eligibility rule; `rules` names those not met, `words` says them."""


class TransitionNotAllowed(Conflict):
    """The application's state does not allow this."""


class ChangedMeanwhile(Conflict):
    """The application changed at the same moment; read it again."""


class NotTheApplicant(Forbidden):
    """Only who applied may do this."""


class OverrideNotAllowed(Forbidden):
    """The programme does not let eligibility rules be overridden."""


class NotYourPeople(Forbidden):
    """You may not manage these people; `needed` names the scopes that may."""


class ValueFromHr(Forbidden):
    """HR said this, and only HR may change it; `fields` names what."""


class AnswersAreTheirOwn(Forbidden):
    """Equality answers are given by the person and by nobody else."""


class ProgrammeNeeded(Rejected):
    """Name the programme that invites the person: you are in the teams of several."""


class FileRefused(Rejected):
    """The form takes no such file; `accept` and `max_kb` say what it takes."""


class ScoresInvalid(Rejected):
    """The scores do not fit the criteria; `errors` names them."""


class ProxyNeeded(Rejected):
    """An application in somebody's name needs `proxy` with a reason; it is on record and the person sees it."""


class ProxyForOneself(Rejected):
    """Nobody is a proxy for themselves."""


class ReasonNeeded(Rejected):
    """Refusing somebody who meets every rule needs a reason."""


class AmendmentRefused(Conflict):
    """The changes would rewrite what has happened; `errors` names them."""


class PlanUndated(Rejected):
    """The programme's plan cannot date this cohort."""


class BlueprintUnreadable(Rejected):
    """The body is not JSON."""


class BlueprintInvalid(Rejected):
    """The blueprint cannot be used; `errors` names the fields."""


class AnswersInvalid(Rejected):
    """The answers do not fit the form; `errors` names the fields."""


class ConsentNeeded(Rejected):
    """The current privacy notice must be agreed to; `needed` names it and its version."""


class UnknownEmployer(Rejected):
    """There is no such employer."""


class CircularLineManager(Rejected):
    """Somebody would be their own line manager, or that of whoever manages them."""


class UnknownLineManager(Rejected):
    """There is no such person to be the line manager."""
