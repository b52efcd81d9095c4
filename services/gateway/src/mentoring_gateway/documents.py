"""Trusted documents: a front end's own operations, known here by their ids (https://benjie.dev/graphql/trusted-documents).

The file is the manifest that graphql-codegen writes, `{"<id>": "<document>"}`. A request names a document by
`documentId`, or by `extensions.persistedQuery.sha256Hash` as Apollo does. Nobody registers documents while it runs.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
from graphql import GraphQLError, parse, validate

from mentoring_common.errors import Forbidden
from mentoring_common.settings import WrongSetting
from mentoring_gateway.errors import DocumentUnknown

_SETTING = "MENTORING_TRUSTED_DOCUMENTS"


class DocumentNotTrusted(Forbidden):
    """Only the documents of this installation's front ends are run here."""


class Documents:
    """The documents that are known by their ids; with `only`, no others are run."""

    def __init__(self, known: Mapping[str, str], *, only: bool = False) -> None:
        self._known = known
        self._trusted = frozenset(known.values()) if only else None

    @classmethod
    def read(cls, path: str, *, only: bool) -> "Documents":
        """Those of a manifest; WrongSetting for what is none."""
        try:
            known = orjson.loads(Path(path).read_bytes()) if path else {}
        except (OSError, orjson.JSONDecodeError) as error:
            raise WrongSetting(f"{_SETTING}: {path} cannot be read: {type(error).__name__}") from None
        if not isinstance(known, dict) or not all(isinstance(text, str) for text in known.values()):
            raise WrongSetting(f"{_SETTING}: {path} has to be one JSON object of documents by their ids")
        return cls(known, only=only)

    def check(self, schema: Any) -> None:
        """WrongSetting for a document that this schema would refuse: it is better known before anybody asks."""
        for id_, text in self._known.items():
            try:
                wrong = validate(schema, parse(text))
            except GraphQLError as error:
                wrong = [error]
            if wrong:
                raise WrongSetting(f"{_SETTING}: document {id_}: {wrong[0].message}")

    def named(self, given: Mapping[str, Any]) -> str | None:
        """The document that a request names; None where it names none. DocumentUnknown."""
        extensions = given.get("extensions")
        persisted = extensions.get("persistedQuery") if isinstance(extensions, dict) else None
        hashed = persisted.get("sha256Hash") if isinstance(persisted, dict) else None
        id_ = given.get("documentId", hashed)
        if id_ is None:
            return None
        if not isinstance(id_, str) or id_ not in self._known:
            raise DocumentUnknown()
        return self._known[id_]

    def require(self, text: str | None) -> None:
        """DocumentNotTrusted unless the document may be run."""
        if self._trusted is not None and text not in self._trusted:
            raise DocumentNotTrusted()
