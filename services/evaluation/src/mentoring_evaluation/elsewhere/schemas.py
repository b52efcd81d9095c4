"""What the REST API takes and gives for surveys that were asked with another tool."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, model_validator

from mentoring_common.bodies import Body
from mentoring_contracts.days import Moment
from mentoring_contracts.words import RoleId
from mentoring_evaluation.elsewhere.reading import Told
from mentoring_evaluation.surveys.schemas import Occasion
from mentoring_evaluation.surveys.tools import Tool

Delimiter = Literal[",", ";", "\t"]
Name = Annotated[str, Field(min_length=1, max_length=2000)]


class ImportedWave(Body):
    instrument: Annotated[str, Field(min_length=1, max_length=100, description="the survey of the programme it was")]
    occasion: Occasion = Field("", description="tells the waves of one survey apart where there are several")
    asked_with: Tool | None = Field(None, description="the tool, where its table does not tell it")
    opened_at: Moment
    closed_at: Moment
    asked: Annotated[dict[RoleId, Annotated[int, Field(ge=1, le=1_000_000)]], Field(min_length=1, max_length=20)] = (
        Field(description="how many different people of each role were asked: the word of whoever imports")
    )
    table: Annotated[str, Field(min_length=1, max_length=1_000_000)] = Field(description="its responses, as CSV text")
    delimiter: Delimiter | None = Field(
        None, description="what stands between its cells; left out: the mark by which rows and heads are of one width"
    )
    role: RoleId | None = Field(None, description="whose answers they all are")
    role_column: Name | None = Field(None, description="or the column that says whose, by head or letter")
    roles: Annotated[dict[Name, RoleId], Field(max_length=50)] = Field({}, description="what its values mean")
    columns: Annotated[dict[Name, Name], Field(max_length=500)] = Field(
        {}, description="columns by head or letter that are not found: `question`, `question.row`, `question=option`, "
                        "or `nothing`"
    )  # fmt: skip
    answers: Annotated[dict[Name, dict[Name, Name]], Field(max_length=200)] = Field(
        {}, description="by question, words of the table that stand for an answer of the survey"
    )

    @model_validator(mode="after")
    def _whose(self) -> Self:
        if (self.role is None) == (self.role_column is None):
            raise ValueError("give role or role_column, not both")
        if self.closed_at <= self.opened_at:
            raise ValueError("it closed after it opened")
        return self

    @property
    def told(self) -> Told:
        """What is said of the table."""
        return Told(self.role, self.role_column, self.roles, self.columns, self.answers)


class ColumnRead(BaseModel):
    column: str
    answers: str = Field(description="the question, of a matrix its row, of several choices the option")


class RowFault(BaseModel):
    code: str
    detail: str
    row: int | None
    column: str | None


class ImportReading(BaseModel):
    """A table as it would be imported; nothing is kept."""

    asked_with: Tool
    delimiter: Delimiter | None = Field(description="what stands between the cells of the table")
    columns: list[ColumnRead]
    left_out: list[str] = Field(description="columns that answer no question, by letter: nothing of them is kept")
    unanswered: list[str] = Field(description="questions that no column answers")
    responses: dict[str, int] = Field(description="by role")
    tests: int = Field(description="rows that the tool says were made to try the survey out: left out")
    empty: int = Field(description="rows in which no question is answered: left out")
    faults: list[RowFault]
