"""What the REST API takes and gives for themes and recommendations."""

from datetime import date, datetime
from typing import Annotated, ClassVar, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from mentoring_common.bodies import Body
from mentoring_common.versions import VersionedView
from mentoring_contracts.days import Day, Moment
from mentoring_evaluation.interviews.schemas import Title
from mentoring_evaluation.lifecycle import RecommendationAct, RecommendationState
from mentoring_evaluation.programmes.schemas import ByRole
from mentoring_evaluation.themes.priority import Band

Scale = Annotated[int, Field(ge=1, le=5)]
Paragraph = Annotated[str, Field(min_length=1, max_length=2000)]


class NewGoal(Body):
    title: Title
    of: Literal["programme", "organisation"] = "organisation"


class GoalView(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    title: str
    of: Literal["programme", "organisation"]


class NewTheme(Body):
    title: Title
    description: Annotated[str, Field(max_length=2000)] = ""


class ThemeChange(Body):
    """What changes; a member that is left out stays as it is."""

    title: Title | None = None
    description: Annotated[str, Field(max_length=2000)] | None = None
    impact: Scale | None = None
    effort: Scale | None = None
    goal_ids: Annotated[list[UUID], Field(max_length=50)] | None = None


class ThemeView(VersionedView):
    MADE_AT: ClassVar = "/themes/{id}"
    id: UUID
    programme_id: UUID
    title: str
    description: str
    impact: int | None
    effort: int | None
    wording_version: int
    wording_approved_at: datetime | None
    priority: Band
    goals: list[GoalView]
    texts: Annotated[ByRole, Field(description="different quotes and comments in which people found the theme")]


class ThemesView(BaseModel):
    """All themes of a programme, the first to act on first, and the rule that says so."""

    rule: str
    items: list[ThemeView]


class TextRef(Body):
    """A quote or a comment, as `GET …/texts` names it."""

    quote_id: UUID | None = None
    comment_id: UUID | None = None

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if (self.quote_id is None) == (self.comment_id is None):
            raise ValueError("either quote_id or comment_id")
        return self


class NewCodings(Body):
    texts: Annotated[list[TextRef], Field(min_length=1, max_length=200)]


class TextView(BaseModel):
    """A quote of an approved interview or a free text of a closed wave, with the themes people found in it."""

    quote_id: UUID | None
    comment_id: UUID | None
    role: str
    question: str | None
    text: str
    theme_ids: list[UUID] = []


class SuggestedText(BaseModel):
    """A text that has not got the theme; `like` is what it resembles: an example's text or the theme's own words."""

    text: TextView
    similarity: float
    like: str


class SuggestionsView(BaseModel):
    """Suggestions only: a theme is found in a text by a person."""

    statement: str
    items: list[SuggestedText]


Team = Annotated[str, Field(min_length=1, max_length=100, description="the team that owns it, as reports name it")]


class NewRecommendation(Body):
    text: Paragraph
    theme_id: UUID | None = None
    owner_id: Annotated[
        UUID, Field(description="somebody with a role in the programme; another body is named as `team`")
    ]
    team: Team | None = None
    due_at: Moment


class RecommendationChange(Body):
    owner_id: UUID | None = None
    team: Team | None = None
    due_at: Moment | None = None
    reason: Annotated[str, Field(min_length=1, max_length=500)]


class NewFollowUp(Body):
    note: Paragraph
    act: RecommendationAct | None = None


class FollowUpView(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    at: datetime
    by_id: UUID
    note: str
    state: RecommendationState


class RecommendationView(VersionedView):
    MADE_AT: ClassVar = "/recommendations/{id}"
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    programme_id: UUID
    theme_id: UUID | None
    text: str
    owner_id: UUID
    team: str | None
    due_at: datetime
    state: RecommendationState
    overdue: bool
    wording_version: int
    wording_approved_at: datetime | None


class RecommendationWithFollowUps(RecommendationView):
    follow_ups: list[FollowUpView] = []


About = Literal["programme", "theme", "recommendation", "application"]
Committee = Annotated[str, Field(min_length=1, max_length=200, description="which committee, as reports name it")]


class NewDecision(Body):
    """What a committee decided, about the programme itself or about one theme, recommendation or application."""

    committee: Committee
    decided_on: Annotated[Day, Field(description="the day on which it was decided, not later than today")]
    text: Paragraph
    about: About = "programme"
    about_id: Annotated[UUID | None, Field(description="the theme, recommendation or application")] = None
    attended: Annotated[
        list[UUID], Field(min_length=1, max_length=100, description="who attended: people with a role in the programme")
    ]

    @model_validator(mode="after")
    def _names_what(self) -> Self:
        if (self.about == "programme") != (self.about_id is None):
            raise ValueError("about_id names the theme, recommendation or application, and nothing of the programme")
        return self


class DecisionChange(Body):
    """A record that was wrong is put right, with a reason; a member that is left out stays as it is."""

    text: Paragraph | None = None
    decided_on: Day | None = None
    attended: Annotated[list[UUID], Field(min_length=1, max_length=100)] | None = Field(
        None, description="all who attended"
    )
    reason: Annotated[str, Field(min_length=1, max_length=500)]


class AttendeeView(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    person_id: UUID
    role: str = Field(description="the role in the programme in which they attended")


class DecisionView(VersionedView):
    MADE_AT: ClassVar = "/decisions/{id}"
    id: UUID
    programme_id: UUID
    committee: str
    decided_on: date
    text: str
    about: About
    about_id: UUID | None
    recorded_at: datetime
    wording_version: int
    wording_approved_at: datetime | None
    attended: list[AttendeeView] = Field(description="who attended")
