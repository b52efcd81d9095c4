"""What the applications service says no to."""

from mentoring_common.errors import Conflict, Forbidden, NotFound, Rejected


class PersonNotFound(NotFound):
    """There is no such person."""


class ProgrammeNotFound(NotFound):
    """There is no such programme."""


class CohortNotFound(NotFound):
    """There is no such cohort."""


class ApplicationNotFound(NotFound):
    """There is no such application."""


class RoleNotFound(NotFound):
    """There is no such role of a person."""


class BlueprintNotFound(NotFound):
    """There is no such blueprint."""


class EmailTaken(Conflict):
    """Another person has this e-mail address."""


class SlugTaken(Conflict):
    """Another organisation has this slug."""


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


class AlreadyApplied(Conflict):
    """The person has applied in this role already."""


class CohortStillOpen(Conflict):
    """This is shown once the cohort is closed."""


class CohortIsClosed(Conflict):
    """The cohort is closed."""


class CohortFull(Conflict):
    """Every place of the cohort is taken."""


class CohortNeeded(Conflict):
    """The application is for a later round: move it to a cohort first."""


class LaterRoundNotOffered(Conflict):
    """The programme takes no applications for a later round: name a cohort."""


class SameCohort(Conflict):
    """The application is in this cohort already."""


class NotEligible(Conflict):
    """The person does not meet every eligibility rule; `rules` names those not met."""


class TransitionNotAllowed(Conflict):
    """The application's state does not allow this."""


class ChangedMeanwhile(Conflict):
    """The application changed at the same moment; read it again."""


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


class ProxyNeeded(Rejected):
    """An application in somebody's name needs `proxy` with a reason; it is on record and the person sees it."""


class ProxyForOneself(Rejected):
    """Nobody is a proxy for themselves."""


class ReasonNeeded(Rejected):
    """Refusing somebody who meets every rule needs a reason."""


class BlueprintInvalid(Rejected):
    """The blueprint cannot be used; `errors` names the fields."""


class AnswersInvalid(Rejected):
    """The answers do not fit the form; `errors` names the fields."""


class ConsentNeeded(Rejected):
    """The current privacy notice must be agreed to; `needed` names it and its version."""


class UnknownEmployer(Rejected):
    """There is no such employer."""


class UnknownLineManager(Rejected):
    """There is no such person to be the line manager."""
