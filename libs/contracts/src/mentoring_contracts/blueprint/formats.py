"""The section `formats` of a blueprint: the kinds of relationship that a programme has beside mentoring in pairs.

Every programme has the five kinds below. A format changes what one of them takes for granted, or adds a kind of the
programme's own by saying which of the five it is like.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from mentoring_contracts.blueprint.scalars import Flag, Number, Whole, Words, wrong
from mentoring_contracts.blueprint.section import Section, read_by

Like = Literal["mentoring", "coaching", "supervision", "buddy", "peer_circle"]
MENTORING: Final = "mentoring"
Word = Annotated[Words, Field(pattern=r"^[a-z][a-z_]{0,39}$")]


class Size(Section):
    """How many people a group has, its lead not counted."""

    READ_BY = ("matching",)
    least: Annotated[Whole, Field(ge=1, le=100, description="a group of equals stands once so many accepted")] = 1
    most: Annotated[Whole, Field(ge=1, le=100, description="no more are invited")] = 100

    @model_validator(mode="after")
    def _ordered(self) -> "Size":
        if self.least > self.most:
            raise wrong("never", "least is above most: no group could have that size")
        return self


class Format(Section):
    """One kind of relationship; what is left out is as in the kind that it is like."""

    READ_BY = ("matching", "sessions")
    id: Annotated[
        Word, Field(description="mentoring, coaching, supervision, buddy, peer_circle, or a word of your own")
    ]
    like: Annotated[Like | None, Field(description="which of the five a kind of your own is like")] = None
    title: Annotated[Words | None, Field(max_length=100, description="what people call it")] = None
    lead: Annotated[
        Word | None, Field(description="the word for who leads it, where somebody does; without spaces")
    ] = None
    member: Annotated[Word | None, Field(description="the word for each of the others; without spaces")] = None
    size: Annotated[Size | None, Field(description="how many people, its lead not counted"), read_by("matching")] = None
    together: Annotated[
        Flag | None,
        Field(description="of mentoring: a mentor and the mentees a run gives them are one group, not several pairs"),
    ] = None
    main: Annotated[
        Flag | None,
        Field(description="whether it is what people applied for: a place in it fills their application"),
    ] = None
    agreement: Annotated[
        Flag | None, Field(description="whether its members make an agreement"), read_by("sessions")
    ] = None
    private: Annotated[
        Flag | None, Field(description="whether notes are for its members alone, never the programme team")
    ] = None
    hours_budget: Annotated[
        Number | None, Field(gt=0, le=10_000, description="hours over the whole duration"), read_by("sessions")
    ] = None
    hours_per_month: Annotated[
        Number | None,
        Field(gt=0, le=744, description="hours each month; left out, the budget by its months"),
        read_by("sessions"),
    ] = None
    duration_months: Annotated[
        Whole | None,
        Field(ge=1, le=240, description="how long it goes on; left out, as the programme's pairs"),
        read_by("sessions"),
    ] = None

    @model_validator(mode="after")
    def _known(self) -> "Format":
        if self.like is None and self.id not in KINDS:
            raise wrong("like", f"a kind of your own says which it is like: {', '.join(KINDS)}")
        if self.like is not None and self.id in KINDS and self.like != self.id:
            raise wrong("like", "it is a kind by itself and is like no other")
        if self.lead is not None and KINDS[self.base].lead is None:
            raise wrong("lead", "a kind of equals has nobody who leads it")
        if self.together is not None and self.base != MENTORING:
            raise wrong("together", "only mentoring is made by runs")
        return self

    @property
    def base(self) -> str:
        """Which of the five it is, or is like."""
        return self.like or self.id


class Kind(BaseModel):
    """A kind of relationship with nothing left open; `lead` is None where all are equals."""

    model_config = ConfigDict(frozen=True)
    id: str
    base: str
    title: str
    lead: str | None
    member: str
    size: Size
    together: bool = False
    main: bool = False
    agreement: bool = True
    private: bool = False
    hours_budget: float | None = None
    hours_per_month: float | None = None
    duration_months: int | None = None


def _kind(id_: str, title: str, lead: str | None, member: str, least: int, most: int, **terms: Any) -> Kind:
    size = Size(least=least, most=most)
    return Kind(id=id_, base=id_, title=title, lead=lead, member=member, size=size, **terms)


KINDS: Mapping[str, Kind] = {
    kind.id: kind
    for kind in (
        _kind(MENTORING, "Mentoring", "mentor", "mentee", 1, 12, main=True),
        _kind("coaching", "Coaching", "coach", "coachee", 1, 12),
        _kind("supervision", "Supervision", "supervisor", "supervisee", 1, 24, private=True, agreement=False),
        _kind("buddy", "Buddies", None, "buddy", 2, 3, agreement=False),
        _kind("peer_circle", "Peer circle", None, "peer", 3, 15, agreement=False),
    )
}
"""The five kinds as every programme has them."""


def kinds_of(blueprint: Mapping[str, Any]) -> dict[str, Kind]:
    """Every kind of relationship that a programme has, by id. A format that cannot be read counts as not given."""
    found, given = dict(KINDS), blueprint.get("formats")
    for one in given if isinstance(given, list) else []:
        try:
            format_ = Format.model_validate(one)
        except ValidationError:
            continue
        found[format_.id] = kind_of(format_)
    return found


def kind_of(format_: Format) -> Kind:
    """The kind that a format describes."""
    base = KINDS[format_.base]
    said = {name: getattr(format_, name) for name in format_.model_fields_set if name != "like"}
    said = {name: value for name, value in said.items() if value is not None}
    if "title" not in said and format_.id != base.id:
        said["title"] = format_.id.replace("_", " ").capitalize()
    return base.model_copy(update=said | {"base": base.id})
