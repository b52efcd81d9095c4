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


class FindingsView(BaseModel):
    findings: list[FindingView]
