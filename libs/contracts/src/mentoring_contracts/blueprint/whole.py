"""A blueprint: a programme as one data file."""

from datetime import date
from typing import Annotated, Any, Final, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field

from mentoring_contracts.blueprint.activities import Activities, Nudges
from mentoring_contracts.blueprint.agreements import Agreements
from mentoring_contracts.blueprint.applying import Applying
from mentoring_contracts.blueprint.calendar import Calendar, PlannedCohort, PlannedMilestone, laid_over
from mentoring_contracts.blueprint.concerns import Concerns
from mentoring_contracts.blueprint.criteria import Criteria
from mentoring_contracts.blueprint.dates import read_when
from mentoring_contracts.blueprint.eligibility import Eligibility
from mentoring_contracts.blueprint.evaluation import Disclosure, EvaluationModel, Figures, Interviews, Reports
from mentoring_contracts.blueprint.form import Form, PrivacyNotice
from mentoring_contracts.blueprint.formats import Format
from mentoring_contracts.blueprint.matching import Matching
from mentoring_contracts.blueprint.meetings import MeetingTopic
from mentoring_contracts.blueprint.nominations import Nominations
from mentoring_contracts.blueprint.phases import Phase
from mentoring_contracts.blueprint.resources import Resource
from mentoring_contracts.blueprint.respondents import RespondentKind
from mentoring_contracts.blueprint.reviews import Reviews
from mentoring_contracts.blueprint.roles import ProgrammesRole
from mentoring_contracts.blueprint.scalars import Id, Number, Whole, Words, as_whole, wrong
from mentoring_contracts.blueprint.section import Section, read_by
from mentoring_contracts.blueprint.surveys import Instrument, LanguageTag, PlannedWave, Surveys
from mentoring_contracts.blueprint.text import Text
from mentoring_contracts.words import Side

Direction = Literal["traditional", "reverse", "two_way", "peer", "group"]
_SOME_DAY: Final = date(2001, 1, 1)


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        raise wrong("zone", "a time zone such as Europe/London is wanted") from None
    return name


Zone = Annotated[Words, Field(max_length=64), AfterValidator(_known_zone)]


class Blueprint(Section):
    """Everything a programme of its kind needs, and no code. Members may stand in any order."""

    format: Annotated[
        Literal[1], BeforeValidator(as_whole), Field(alias="schema", description="the version of this format")
    ] = 1
    id: Annotated[Id, Field(description="the blueprint's name")]
    title: Annotated[
        Words,
        Field(max_length=200, description="what people call the programme"),
        read_by("applications", "evaluation", "integrations"),
    ]
    direction: Annotated[
        Direction,
        Field(description="who mentors whom: the more experienced (traditional), the less (reverse), each the other"),
        read_by("applications", "matching"),
    ]
    languages: Annotated[
        list[LanguageTag],
        Field(
            min_length=1,
            max_length=30,
            description="the languages of texts; the first is that of texts that do not say",
        ),
        read_by("applications", "sessions", "evaluation", "integrations"),
    ] = ["en"]
    zone: Annotated[
        Zone | None,
        Field(description="the time zone of dates and times; left out: UTC"),
        read_by("applications", "matching", "sessions", "evaluation", "integrations"),
    ] = None
    words: Annotated[
        dict[Side, Text],
        Field(description="what the programme calls a mentor and a mentee: {mentor: partner, mentee: partner}"),
        read_by("integrations"),
    ] = {}
    aims: Annotated[
        list[Words], Field(max_length=50, description="what the programme is for"), read_by("evaluation")
    ] = []
    duration_months: Annotated[
        Whole | None, Field(ge=1, le=240, description="how long a pair goes on"), read_by("sessions")
    ] = None
    hours_budget: Annotated[
        Number | None,
        Field(gt=0, le=10_000, description="mentoring hours expected of a pair over the whole duration"),
        read_by("sessions"),
    ] = None
    hours_per_month: Annotated[
        Number | None,
        Field(
            gt=0,
            le=744,
            description="hours expected of a pair each month; left out, the budget over its months",
        ),
        read_by("sessions"),
    ] = None
    phases: Annotated[
        list[Phase],
        Field(max_length=20, description="the phases of a pair, such as before, during and after a leave"),
        read_by("sessions"),
    ] = []
    agreement: Annotated[
        Agreements, Field(description="what pairs agree on, and whether before they meet"), read_by("sessions")
    ] = Agreements()
    meeting_topics: Annotated[
        list[MeetingTopic],
        Field(max_length=200, description="what meetings may be about; none: that is not asked"),
        read_by("sessions"),
    ] = []
    reviews: Annotated[Reviews, Field(description="when a pair is asked how it goes on"), read_by("sessions")] = (
        Reviews()
    )
    formats: Annotated[
        list[Format],
        Field(max_length=50, description="kinds of relationship: groups, coaching, supervision, buddies, peer circles"),
        read_by("matching", "sessions"),
    ] = []
    attributes: Annotated[
        list[Id],
        Field(max_length=200, description="what HR systems send of people beside the form: rules may read it"),
    ] = []
    milestones: Annotated[
        list[PlannedMilestone],
        Field(max_length=200, description="the plan that every cohort follows, in dates that stand to each other"),
    ] = []
    cohorts: Annotated[list[PlannedCohort], Field(max_length=200, description="the rounds that are planned")] = []
    later_round: Annotated[
        Literal["while_a_window_is_open", "always", "never"],
        Field(description="when a person may apply for a later round than those planned"),
    ] = "while_a_window_is_open"
    roles: Annotated[
        list[ProgrammesRole],
        Field(max_length=50, description="the programme's own roles, made of rights; built-in ones may be named too"),
    ] = []
    criteria: Annotated[
        Criteria | None, Field(description="the topics that people rank"), read_by("applications", "matching")
    ] = None
    form: Annotated[Form, Field(description="the application form"), read_by("applications", "evaluation")]
    applying: Annotated[Applying, Field(description="how people apply, beside the form")] = Applying()
    privacy_notices: Annotated[
        list[PrivacyNotice], Field(max_length=50, description="the notices that consents name")
    ] = []
    nominations: Annotated[
        Nominations | None, Field(description="applications that wait for somebody's endorsement")
    ] = None
    eligibility: Annotated[
        Eligibility, Field(description="who may take part"), read_by("applications", "evaluation")
    ] = Eligibility()
    matching: Annotated[
        Matching | None,
        Field(description="who may be paired with whom, and what makes a good pair"),
        read_by("applications", "matching", "evaluation"),
    ] = None
    activities: Annotated[
        Activities, Field(description="orientation and other activities"), read_by("sessions", "evaluation")
    ] = Activities()
    resources: Annotated[
        list[Resource],
        Field(max_length=200, description="the standing material that people find in the programme's library"),
        read_by("sessions"),
    ] = []
    nudges: Annotated[Nudges, Field(description="reminders to quiet pairs"), read_by("sessions")] = Nudges()
    concerns: Annotated[
        Concerns, Field(description="who is told at once of a concern, and how soon it is taken"), read_by("sessions")
    ] = Concerns()
    respondents: Annotated[
        list[RespondentKind],
        Field(max_length=20, description="whom surveys ask beyond mentors and mentees, by link"),
        read_by("evaluation"),
    ] = []
    scales: Annotated[
        dict[Id, Annotated[list[Text], Field(min_length=1, max_length=100)]],
        Field(max_length=100, description="answers that several questions share, by name"),
        read_by("evaluation"),
    ] = {}
    instruments: Annotated[
        list[Instrument], Field(max_length=100, description="the surveys"), read_by("evaluation")
    ] = []
    waves: Annotated[
        list[PlannedWave], Field(max_length=500, description="when surveys are asked"), read_by("evaluation")
    ] = []
    surveys: Annotated[
        Surveys, Field(description="reminders, and surveys that follow what happens"), read_by("evaluation")
    ] = Surveys()
    figures: Annotated[Figures, Field(description="how figures are shown"), read_by("evaluation")] = Figures()
    disclosure: Annotated[Disclosure, Field(description="what is published of few people"), read_by("evaluation")] = (
        Disclosure()
    )
    reports: Annotated[Reports, Field(description="who approves reports"), read_by("evaluation")] = Reports()
    interviews: Annotated[Interviews, Field(description="interviews and case studies"), read_by("evaluation")] = (
        Interviews()
    )
    evaluation_model: Annotated[
        EvaluationModel | None, Field(description="the model the programme is evaluated by"), read_by("evaluation")
    ] = None

    def calendar(self, cohort: PlannedCohort | None) -> Calendar:
        """The calendar of a cohort: the plan with its own milestones. Of none, the plan as if it started some day."""
        if cohort is None:
            return Calendar(laid_over(self.milestones, []), _SOME_DAY, self.zone)
        starts = read_when(cohort.starts).day if cohort.starts else None
        return Calendar(laid_over(self.milestones, cohort.milestones), starts, self.zone)

    @property
    def default_capacity(self) -> int:
        """How many mentees a mentor takes who does not say it."""
        return self.matching.capacity.default if self.matching else 1

    @property
    def criterion_ids(self) -> list[str]:
        """The ids of the current criteria, in order."""
        return [item.id for item in self.criteria.items] if self.criteria else []


def schema() -> dict[str, Any]:
    """The JSON Schema of a blueprint, which editors complete and describe members by.

    It says what a member may hold; what stands between members (references, dates, what nobody could meet) only `check`
    says.
    """
    made = Blueprint.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "urn:mentoring:schema:blueprint:1"} | made
