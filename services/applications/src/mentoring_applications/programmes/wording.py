"""A programme's texts for one reader: in the reader's language, in easy words where there are some."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mentoring_contracts.blueprint.eligibility import PositiveAction
from mentoring_contracts.blueprint.form import EqualityField, FormField, PrivacyNotice
from mentoring_contracts.blueprint.text import for_role, in_language, is_by_role, plain


@dataclass(frozen=True, slots=True)
class Reader:
    """Which languages somebody reads, most wanted first, and whether in easy words; `own` are the programme's."""

    own: Sequence[str] = ()
    wanted: Sequence[str] = ()
    easy: bool = False

    def said(self, text: str | Mapping[str, str]) -> str:
        """A text as this reader is to have it."""
        return in_language(text, self.wanted, self.own, easy=self.easy)

    def said_by_role(self, said: str | Mapping[str, Any]) -> str | dict[str, str]:
        """The same of a text that may differ by role."""
        if isinstance(said, str) or not is_by_role(said):
            return self.said(said)
        return {role: self.said(for_role(said, role)) for role in said}

    def form_field(self, field: FormField) -> dict[str, Any]:
        """A question of the form. Options are shown as they are kept; `labels` puts them in other words."""
        shown = field.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        return shown | {"label": self.said_by_role(field.label)} | self._options(field.options)

    def equality_field(self, field: EqualityField) -> dict[str, Any]:
        """A question of equality monitoring."""
        shown = field.model_dump(mode="json", by_alias=True)
        return shown | {"label": self.said(field.label) if field.label else ""} | self._options(field.options)

    def notice(self, notice: PrivacyNotice) -> dict[str, Any]:
        """A privacy notice."""
        return {
            "id": notice.id,
            "version": notice.version,
            "text": self.said(notice.text) if notice.text else None,
            "purposes": [self.said(purpose) for purpose in notice.purposes],
            "kept_months_after_programme": notice.kept_months_after_programme,
        }

    def ground(self, ground: PositiveAction | None) -> dict[str, Any] | None:
        """Why a protected characteristic may decide who takes part."""
        if ground is None:
            return None
        return {"ground": self.said(ground.ground), "law": self.said(ground.law), "reviewed": ground.reviewed}

    def _options(self, options: Sequence[str | Mapping[str, str]]) -> dict[str, Any]:
        if not options:
            return {}
        kept = [plain(option, self.own) for option in options]
        said = {one: self.said(option) for one, option in zip(kept, options, strict=True)}
        labels = {one: words for one, words in said.items() if one != words}
        return {"options": kept} | ({"labels": labels} if labels else {})
