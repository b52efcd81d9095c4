"""What people are told: a topic is one message, a kind is a group of topics that a person can turn off."""

from dataclasses import dataclass
from typing import Final

DECISION: Final = "decision"
SURVEY_OPENED: Final = "survey_opened"
SURVEY_REMINDER: Final = "survey_reminder"
SURVEY_CANCELLED: Final = "survey_cancelled"
DRAFT_REMINDER: Final = "draft_reminder"
ACCOUNT_NOTICE: Final = "data"
ACCOUNT: Final = "account"
NOMINATION: Final = "nomination"
CONCERN: Final = "concern"  # to whoever is on duty; never a word of it, nor of whom it is
CONCERN_TAKEN: Final = "concern_taken"  # to who raised it, whom no event names
CONCERN_SETTLED: Final = "concern_settled"
RELATIONSHIP: Final = "relationship"  # what the other of a pair did
ACTIVITY: Final = "activity"
RESOURCE: Final = "resource"
APPOINTMENT: Final = "appointment"
APPOINTMENT_CANCELLED: Final = "appointment_cancelled"
NOMINATOR_ASKED: Final = "nominator_asked"  # to the nominator, who may have no account
NOMINATOR_REMINDER: Final = "nominator_reminder"
NOMINATOR_TOLD: Final = "nominator_told"  # that there is an outcome, where the programme lets them learn it
NOMINATED: Final = "nominated"
EMAIL_NOTICE: Final = "email_change_notice"  # to the old address
EMAIL_CONFIRM: Final = "email_change_confirm"  # to the new one
BY_PROXY: Final = "application_by_proxy"
WEBHOOK_DISABLED: Final = "webhook_disabled"
DIGEST: Final = "digest"  # a letter that tells of others; it is in no inbox


@dataclass(frozen=True)
class Topic:
    """One message: `path` is what it is about in the API, `page` where its link leads a person, below the front end's
    address or that of our plain pages."""

    name: str
    kind: str
    path: str
    page: str


# What a message is about: where it is in the API, and where a person opens it.
_ME: Final = ("/applications/me", "/account")
_EMAIL: Final = ("/applications/public/{tenant_id}/email-confirmations/{token}", "/email/{tenant_id}/{token}")
_DRAFT: Final = ("/applications/drafts/{subject_id}", "/drafts/{subject_id}")
_APPLICATION: Final = ("/applications/applications/{subject_id}", "/applications/{subject_id}")
_ASSESSMENT: Final = ("/applications/assessments/{subject_id}", "/assessments/{subject_id}")
_MATCH: Final = ("/matching/matches/{subject_id}", "/matches/{subject_id}")
_RELATIONSHIP: Final = ("/sessions/relationships/{subject_id}", "/relationships/{subject_id}")
_MEETING: Final = ("/sessions/mentoring-sessions/{subject_id}", "/mentoring-sessions/{subject_id}")
_RUN: Final = ("/matching/runs/{subject_id}", "/runs/{subject_id}")
_GROUP: Final = ("/matching/groups/{subject_id}", "/groups/{subject_id}")
_APPOINTMENT: Final = ("/sessions/appointments/{subject_id}", "/appointments/{subject_id}")
_NOMINATION: Final = ("/applications/nominations/{subject_id}", "/nominations/{subject_id}")
_STAND_BEHIND: Final = ("/applications/public/{tenant_id}/nominations/{token}", "/nominations/{tenant_id}/{token}")
_ACTIVITY: Final = ("/sessions/activities/{subject_id}", "/activities/{subject_id}")
_TO_COMPLETE: Final = ("/sessions/programmes/{subject_id}/completion/me", "/programmes/{subject_id}/completion")
_RESOURCE: Final = ("/sessions/resources/{subject_id}", "/resources/{subject_id}")
_CERTIFICATE: Final = ("/sessions/certificates/{subject_id}", "/certificates/{subject_id}")
_GOAL: Final = ("/sessions/goals/{subject_id}", "/goals/{subject_id}")
_REVIEW: Final = ("/sessions/reviews/{subject_id}", "/reviews/{subject_id}")
_CONCERN: Final = ("/sessions/concerns/{subject_id}", "/concerns/{subject_id}")
_WEBHOOK: Final = ("/integrations/webhooks/{subject_id}", "/webhooks/{subject_id}")
_SURVEY: Final = ("/evaluation/public/{tenant_id}/surveys/{token}", "/surveys/{tenant_id}/{token}")
TOPICS: Final = {
    topic.name: topic
    for topic in (
        Topic(EMAIL_NOTICE, ACCOUNT, *_ME),
        Topic(EMAIL_CONFIRM, ACCOUNT, *_EMAIL),
        Topic("assessment_asked", "assessment", *_ASSESSMENT),
        Topic("retention_ends", ACCOUNT_NOTICE, *_APPLICATION),
        Topic(BY_PROXY, ACCOUNT_NOTICE, *_APPLICATION),
        Topic(DRAFT_REMINDER, "draft_reminder", *_DRAFT),
        Topic(NOMINATOR_ASKED, NOMINATION, *_STAND_BEHIND),
        Topic(NOMINATOR_REMINDER, NOMINATION, *_STAND_BEHIND),
        Topic(NOMINATOR_TOLD, NOMINATION, *_STAND_BEHIND),
        Topic(NOMINATED, NOMINATION, *_NOMINATION),
        Topic("nomination_endorsed", NOMINATION, *_NOMINATION),
        Topic("nomination_declined", NOMINATION, *_NOMINATION),
        Topic("nomination_withdrawn", NOMINATION, *_NOMINATION),
        Topic("nomination_lapsed", NOMINATION, *_NOMINATION),
        Topic("application_accepted", DECISION, *_APPLICATION),
        Topic("application_waitlisted", DECISION, *_APPLICATION),
        Topic("application_refused", DECISION, *_APPLICATION),
        Topic("application_unmatched", DECISION, *_APPLICATION),
        Topic("place_offered", DECISION, *_APPLICATION),
        Topic("place_passed_on", DECISION, *_APPLICATION),
        Topic("application_moved", "cohort_change", *_APPLICATION),
        Topic("run_to_approve", "offer", *_RUN),
        Topic("match_proposed", "offer", *_MATCH),
        Topic("offer_closed", "offer_closed", *_MATCH),
        Topic("match_confirmed", "introduction", *_RELATIONSHIP),
        Topic("match_ended", "match_ended", *_MATCH),
        Topic("handed_over", "match_ended", *_RELATIONSHIP),
        Topic("carried_on_mentor", "introduction", *_RELATIONSHIP),
        Topic("carried_on_mentee", "introduction", *_RELATIONSHIP),
        Topic("group_offered", "offer", *_GROUP),
        Topic("group_joined", "introduction", *_RELATIONSHIP),
        Topic("group_left", "match_ended", *_GROUP),
        Topic("pair_quiet", "nudge", *_RELATIONSHIP),
        Topic("goal_reminder", "nudge", *_GOAL),
        Topic("review_asked", "review", *_REVIEW),
        Topic("review_reminded", "review", *_REVIEW),
        Topic("review_needs", "review", *_REVIEW),
        Topic("review_concluded", "review", *_REVIEW),
        Topic("last_words", "review", *_RELATIONSHIP),
        Topic("last_words_asked", "review", *_RELATIONSHIP),
        Topic("break_begun", RELATIONSHIP, *_RELATIONSHIP),
        Topic("break_over", RELATIONSHIP, *_RELATIONSHIP),
        Topic("agreement_to_sign", RELATIONSHIP, *_RELATIONSHIP),
        Topic("signature_withdrawn", RELATIONSHIP, *_RELATIONSHIP),
        Topic("agreement_runs_out", RELATIONSHIP, *_RELATIONSHIP),
        Topic("meeting_to_confirm", RELATIONSHIP, *_MEETING),
        Topic("meeting_corrected", RELATIONSHIP, *_MEETING),
        Topic("meeting_withdrawn", RELATIONSHIP, *_MEETING),
        Topic("lead_changed", RELATIONSHIP, *_RELATIONSHIP),
        Topic("notes_opened", ACCOUNT_NOTICE, *_RELATIONSHIP),  # they have a right to know
        Topic("relationship_closed", RELATIONSHIP, *_RELATIONSHIP),
        Topic("activity_place", ACTIVITY, *_ACTIVITY),
        Topic("activity_changed", ACTIVITY, *_ACTIVITY),
        Topic("activity_cancelled", ACTIVITY, *_ACTIVITY),
        Topic("activity_changed_waiting", ACTIVITY, *_ACTIVITY),
        Topic("activity_cancelled_waiting", ACTIVITY, *_ACTIVITY),
        Topic("activity_due", ACTIVITY, *_TO_COMPLETE),
        Topic("certificate_withdrawn", "certificate", *_CERTIFICATE),
        Topic("resource_given", RESOURCE, *_RESOURCE),
        Topic("resource_renewed", RESOURCE, *_RESOURCE),
        Topic("concern_raised", CONCERN, *_CONCERN),
        Topic("concern_waits", CONCERN, *_CONCERN),
        Topic("concern_assigned", CONCERN, *_CONCERN),
        Topic(CONCERN_TAKEN, CONCERN, *_CONCERN),
        Topic(CONCERN_SETTLED, CONCERN, *_CONCERN),
        Topic("appointment_proposed", APPOINTMENT, *_APPOINTMENT),
        Topic("appointment_agreed", APPOINTMENT, *_APPOINTMENT),
        Topic(APPOINTMENT_CANCELLED, APPOINTMENT, *_APPOINTMENT),
        Topic(SURVEY_OPENED, "survey_invitation", *_SURVEY),
        Topic(SURVEY_REMINDER, "survey_reminder", *_SURVEY),
        Topic(SURVEY_CANCELLED, "survey_invitation", *_SURVEY),
        Topic(WEBHOOK_DISABLED, "webhook", *_WEBHOOK),
        Topic(DIGEST, DIGEST, "/integrations/notifications", "/notifications"),
    )
}
OF_SURVEYS: Final = (SURVEY_OPENED, SURVEY_REMINDER, SURVEY_CANCELLED)
"""Topics about a wave, whose letter leads there by a token."""
OUTCOMES: Final = frozenset({"application_accepted", "application_refused", "application_unmatched"})
TO_NOMINATORS: Final = frozenset({NOMINATOR_ASKED, NOMINATOR_REMINDER, NOMINATOR_TOLD})
INTRODUCES: Final = frozenset({"match_confirmed", "carried_on_mentor", "carried_on_mentee"})
"""Topics whose letter names the other of a pair, with their address."""
TO_RAISERS: Final = frozenset({CONCERN_TAKEN, CONCERN_SETTLED})
"""Topics kept under the concern's own id: who raised it is looked up when the letter goes, and kept nowhere."""
ALONE: Final = frozenset(topic.name for topic in TOPICS.values() if "{token}" in topic.path)
"""Topics whose letter carries a link that is the reader's alone: they go by themselves, in no digest."""
KINDS: Final = tuple(dict.fromkeys(topic.kind for topic in TOPICS.values() if topic.name != DIGEST))
EMAIL_ALWAYS: Final = frozenset({DECISION, ACCOUNT, ACCOUNT_NOTICE, CONCERN})
"""Kinds that come by e-mail whatever a person turns off: they have a right to them, or somebody needs help."""
AT_ONCE: Final = frozenset({ACCOUNT, CONCERN})
"""Kinds that wait for nothing: somebody waits for the letter, or for help."""
LATE_TOO: Final = frozenset({
    "appointment_agreed", APPOINTMENT_CANCELLED, "activity_changed", "activity_cancelled",
    "activity_changed_waiting", "activity_cancelled_waiting",
})  # fmt: skip
"""Topics that matter until a moment, and are told after it all the same: calendars follow them."""
UNTOLD: Final = frozenset({
    SURVEY_OPENED, SURVEY_REMINDER, SURVEY_CANCELLED, NOMINATOR_ASKED, NOMINATOR_REMINDER, NOMINATOR_TOLD, DIGEST,
    "concern_raised", "concern_waits", "concern_assigned", CONCERN_TAKEN, CONCERN_SETTLED,
    "review_reminded", "review_needs",
})  # fmt: skip
"""Topics that the team sees counted only: who is reminded has not answered, and a concern is in confidence."""
