"""What the matching service says no to."""

from mentoring_common.errors import Conflict, Forbidden, NotFound, Rejected


class ProgrammeNotFound(NotFound):
    """There is no such programme."""


class ProgrammeClosed(Conflict):
    """The programme is closed."""


class CohortNotFound(NotFound):
    """There is no such cohort."""


class RunNotFound(NotFound):
    """There is no such matching run."""


class MatchNotFound(NotFound):
    """There is no such match."""


class ConversationNotFound(NotFound):
    """There is no such conversation."""


class ConversationsNotPlanned(Conflict):
    """The programme's policy has no first stage of conversations."""


class ConversationOver(Conflict):
    """The time to rate the conversation is over."""


class NotYourConversation(Forbidden):
    """Only the two people of a conversation rate it."""


class PolicyInvalid(Rejected):
    """The matching policy cannot be used."""


class PolicyChanged(Conflict):
    """Somebody else changed the policy at the same time."""


class PairsInvalid(Rejected):
    """A pinned or barred pair cannot hold, or names somebody who is not free in this pool."""


class PoolTooLarge(Rejected):
    """The pool is too large for an answer at once; start a matching run instead."""


class RunNotCompleted(Conflict):
    """The matching run has no result that can be approved."""


class RunOver(Conflict):
    """The matching run is over."""


class PoolChanged(Conflict):
    """People or places of the proposal are no longer free; start another run."""


class NotYourMatch(Forbidden):
    """Only the two people of a match answer for it."""


class DeclineReasonNeeded(Rejected):
    """The programme asks for a reason with a no to an offer."""


class AlreadyAnswered(Conflict):
    """The offer was answered before."""


class OfferExpired(Conflict):
    """The time to answer the offer is over."""


class OfferOver(Conflict):
    """The offer no longer stands."""


class PlaceFull(Conflict):
    """Every place of the cohort is taken."""


class MentorFull(Conflict):
    """The mentor has no place left."""


class LoadFull(Conflict):
    """The mentor has as many partners over all programmes as the policy allows."""


class MoveAwaited(Conflict):
    """The place becomes free once somebody else's move is confirmed."""


class MovesNotApproved(Conflict):
    """The run moves people who have a mentor; approve their moves too, or start another run."""


class MenteesNotInPool(Rejected):
    """Some of these mentees are not in the pool of the cohort."""


class MutualMatch(Conflict):
    """The mentee is the mentor of the mentor."""


class MenteeMatched(Conflict):
    """The mentee has that mentor already, or as many as the programme gives to one."""


class MatchNotConfirmed(Conflict):
    """Only a confirmed match can end."""


class HandedOver(Conflict):
    """Another mentor carries on already; `match_id` is the match that does."""


class PairBreaksRules(Conflict):
    """The two would break hard rules of the policy, which `rules` names; with `despite_rules` they are together."""


class LeadOfGroup(Conflict):
    """The match is of a group: its lead is handed over once, for the whole group; `group_id` says which."""


class GroupNotFound(NotFound):
    """There is no such group."""


class ArrangementNotFound(NotFound):
    """There is no such arrangement of groups or buddies."""


class KindUnknown(Rejected):
    """The programme has no relationships of this kind."""


class StandingInvalid(Rejected):
    """Some of these relationships cannot be taken over, and none was."""


class GroupInvalid(Rejected):
    """The group cannot be made of these people."""


class PeopleNotFree(Rejected):
    """Some of these people are not in the pool, or have no place left."""


class PeopleNotOfProgramme(Rejected):
    """Some of these people have no part in the programme."""


class NotYourGroup(Forbidden):
    """Only who was offered a place in the group answers for it."""


class GroupFull(Conflict):
    """The group has as many members as its kind allows."""


class GroupOver(Conflict):
    """The group is over."""


class AlreadyInGroup(Conflict):
    """This person is in the group, or was offered a place in it, already."""


class AnswerTheGroup(Conflict):
    """This match is one of a group: its mentor answers for the whole group."""
