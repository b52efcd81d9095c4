"""The roles of a programme: those that every programme has, and its own, made of rights from the closed list."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator

from mentoring_contracts.blueprint.scalars import as_text, wrong
from mentoring_contracts.blueprint.section import Section
from mentoring_contracts.blueprint.text import Text, plain
from mentoring_contracts.rights import ALIASES, BUILT_IN, FIXED, JOINED, Right
from mentoring_contracts.words import RoleId


def _by_its_name(value: Any) -> Any:
    """Older files say `steering_group_member`."""
    name = as_text(value)
    return ALIASES.get(name, name) if isinstance(name, str) else name


KnownRole = Annotated[RoleId, BeforeValidator(_by_its_name)]
"""A role by its id."""


class ProgrammesRole(Section):
    """A role of the programme: its own with its rights, or a built-in one, by name or with words of one's own."""

    id: Annotated[KnownRole, Field(description="what requests and events call it: small letters, digits, `_`")]
    title: Annotated[Text | None, Field(description="what people read; a role of one's own needs it")] = None
    rights: Annotated[
        list[Right], Field(max_length=20, description="what it lets somebody do (docs/who-may-what.md)")
    ] = []
    note: Annotated[
        Text | None,
        Field(description="asks for a note on each who holds it, such as the community they speak for"),
    ] = None

    provisioned: Annotated[
        bool,
        Field(description="whether employers' identity providers give it to their own people (docs/hr-systems.md)"),
    ] = False

    @model_validator(mode="before")
    @classmethod
    def _named(cls, given: Any) -> Any:
        if not isinstance(given, str):
            return given
        name = ALIASES.get(given, given)
        if name not in BUILT_IN and name not in JOINED:
            known = ", ".join(sorted([*BUILT_IN, *JOINED]))
            raise wrong("unknown_role", f"no built-in role ({known}); one of your own has id, title and rights")
        return {"id": name}

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.id in FIXED and self.rights:
            raise wrong("fixed_rights", "a built-in role, whose rights are fixed: give a role of your own another id")
        if self.title is None and self.id not in BUILT_IN and self.id not in JOINED:
            raise wrong("missing", "a role of your own needs a title")
        if len(self.rights) != len(set(self.rights)):
            raise wrong("twice", "a right is listed twice")
        if self.provisioned and (self.id in FIXED or self.id in JOINED or "manage_programme" in self.rights):
            raise wrong("not_provisioned", "a built-in role, or one that gives roles: the programme itself gives it")
        if self.provisioned and self.note is not None:
            raise wrong("note_not_carried", "an identity provider cannot say the note that this role asks for")
        return self

    @property
    def held(self) -> frozenset[str]:
        """What it lets somebody do."""
        return frozenset(self.rights) or BUILT_IN.get(self.id, frozenset())

    def words(self, languages: list[str]) -> str:
        """What it is called."""
        return plain(self.title, languages) if self.title is not None else self.id.replace("_", " ")


def given_by_hand(roles: Iterable[ProgrammesRole]) -> Mapping[str, ProgrammesRole]:
    """The roles that a manager gives, by id: every built-in one, and the programme's own."""
    known = {role: ProgrammesRole(id=role) for role in BUILT_IN} | {role.id: role for role in roles}
    return {id_: role for id_, role in known.items() if id_ not in JOINED}
