"""What people are told: a topic is one message, a kind is a group of topics that a person can turn off."""

from dataclasses import dataclass
from typing import Final

DECISION: Final = "decision"
SURVEY_OPENED: Final = "survey_opened"
SURVEY_REMINDER: Final = "survey_reminder"
ACCOUNT: Final = "account"
EMAIL_NOTICE: Final = "email_change_notice"  # to the old address
EMAIL_CONFIRM: Final = "email_change_confirm"  # to the new one


@dataclass(frozen=True)
class Topic:
    """One message: `path` is where its link leads, below the system's public address."""

    name: str
    kind: str
    path: str


TOPICS: Final = {
    topic.name: topic
    for topic in (
        Topic(EMAIL_NOTICE, ACCOUNT, "/applications/me"),
        Topic(EMAIL_CONFIRM, ACCOUNT, "/applications/public/{tenant_id}/email-confirmations/{token}"),
        Topic("application_accepted", DECISION, "/applications/applications/{subject_id}"),
        Topic("application_waitlisted", DECISION, "/applications/applications/{subject_id}"),
        Topic("application_refused", DECISION, "/applications/applications/{subject_id}"),
        Topic("application_unmatched", DECISION, "/applications/applications/{subject_id}"),
        Topic("application_moved", "cohort_change", "/applications/applications/{subject_id}"),
        Topic("match_proposed", "offer", "/matching/matches/{subject_id}"),
        Topic("offer_closed", "offer_closed", "/matching/matches/{subject_id}"),
        Topic("match_confirmed", "introduction", "/sessions/relationships/{subject_id}"),
        Topic("match_ended", "match_ended", "/matching/matches/{subject_id}"),
        Topic(SURVEY_OPENED, "survey_invitation", "/evaluation/public/{tenant_id}/surveys/{token}"),
        Topic(SURVEY_REMINDER, "survey_reminder", "/evaluation/public/{tenant_id}/surveys/{token}"),
    )
}
KINDS: Final = tuple(dict.fromkeys(topic.kind for topic in TOPICS.values()))
EMAIL_ALWAYS: Final = frozenset({DECISION, ACCOUNT})
