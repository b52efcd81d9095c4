"""What a section alone cannot say: references between sections, the order of dates, and what can never be met."""

from collections.abc import Callable, Collection, Iterator
from typing import Final

from mentoring_contracts.blueprint.check_applying import applying_faults
from mentoring_contracts.blueprint.check_asked import asked_faults
from mentoring_contracts.blueprint.check_calendar import calendar_faults, due_faults, review_faults, wave_faults
from mentoring_contracts.blueprint.check_formats import format_faults
from mentoring_contracts.blueprint.check_misplaced import misplaced_faults
from mentoring_contracts.blueprint.check_pace import pace_faults
from mentoring_contracts.blueprint.check_people import eligibility_faults, form_faults, matching_faults
from mentoring_contracts.blueprint.check_resources import resource_faults, topic_faults
from mentoring_contracts.blueprint.check_roles import role_faults
from mentoring_contracts.blueprint.check_surveys import (
    instrument_faults,
    model_faults,
    publishing_faults,
    question_faults,
    survey_faults,
)
from mentoring_contracts.blueprint.check_twice import twice_faults
from mentoring_contracts.blueprint.check_words import word_faults
from mentoring_contracts.blueprint.faults import Fault
from mentoring_contracts.blueprint.whole import Blueprint

Check = Callable[[Blueprint], Iterator[Fault]]
_CHECKS: Final[tuple[tuple[Check, frozenset[str]], ...]] = (
    (form_faults, frozenset({"form", "criteria", "privacy_notices", "languages"})),
    (asked_faults, frozenset({"form", "matching", "direction"})),
    (misplaced_faults, frozenset({"form", "instruments", "matching"})),
    (eligibility_faults, frozenset({"form", "eligibility", "attributes", "languages"})),
    (applying_faults, frozenset({"applying", "eligibility", "milestones", "cohorts"})),
    (matching_faults, frozenset({"form", "matching", "attributes"})),
    (role_faults, frozenset({"roles", "respondents", "eligibility", "reports"})),
    (format_faults, frozenset({"formats", "matching"})),
    (resource_faults, frozenset({"resources", "phases", "roles"})),
    (topic_faults, frozenset({"meeting_topics"})),
    (calendar_faults, frozenset({"milestones", "cohorts", "activities"})),
    (due_faults, frozenset({"milestones", "cohorts", "activities"})),
    (wave_faults, frozenset({"milestones", "cohorts", "waves", "instruments", "respondents"})),
    (pace_faults, frozenset({"milestones", "cohorts", "formats", "duration_months", "waves", "surveys"})),
    (question_faults, frozenset({"instruments", "scales", "respondents", "waves"})),
    (review_faults, frozenset({"reviews", "duration_months"})),
    (instrument_faults, frozenset({"instruments", "scales", "languages", "respondents"})),
    (survey_faults, frozenset({"instruments", "surveys", "activities"})),
    (model_faults, frozenset({"instruments", "evaluation_model", "respondents"})),
    (publishing_faults, frozenset({"instruments", "disclosure", "cohorts"})),
    (twice_faults, frozenset()),
    (word_faults, frozenset()),
)
"""Each check with the sections it looks at: where one of them cannot be read, it would only repeat that."""


def cross_faults(blueprint: Blueprint, broken: Collection[str]) -> list[Fault]:
    """What is wrong between sections, beside those that are broken in themselves."""
    return [fault for check, sections in _CHECKS if not sections & set(broken) for fault in check(blueprint)]
