"""What the linter answers over HTTP."""

from typing import Literal

from pydantic import BaseModel, Field


class FindingView(BaseModel):
    rule: str
    where: str = Field(description="JSON path, or the place that the report itself names")
    also: list[str] = Field(description="further places that take part")
    why: str
    confidence: Literal["certain", "likely", "possible"]
    resolve: str


class CoverageView(BaseModel):
    """What of the report was checked."""

    figures: int = Field(description="printed figures in it")
    checked: int = Field(description="those that were checked against others")
    without_n: list[str] = Field(description="places of shares and scores that print no number of people")
    any_value: list[str] = Field(description="places of shares of so many people that every value is possible")
    kinds: dict[str, int] = Field(description="figures by section of the linter's schema")


class FindingsView(BaseModel):
    findings: list[FindingView]
    coverage: CoverageView = Field(description="what of the report was checked, and what could not be")
    read_as: list[str] = Field(description="of a pasted table: what each column was taken for, in words")
    not_read: list[str] = Field(description="of a pasted table: cells that were taken for no figure")
