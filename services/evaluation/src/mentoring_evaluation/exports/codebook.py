"""The codebook of written tables: a Frictionless Data Package 1, which statistics programs and repositories read."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from mentoring_evaluation.exports.table import Column, Table


def codebook(name: str, title: str, description: str, tables: Mapping[str, Table], at: datetime) -> bytes:
    """The descriptor of some tables, by the path of the file each is in."""
    document = {
        "profile": "data-package",
        "name": name,
        "title": title,
        "description": description,
        "created": at.isoformat(),
        "resources": [_resource(path, table) for path, table in tables.items()],
    }
    return json.dumps(document, indent=2, ensure_ascii=False).encode()


def _resource(path: str, table: Table) -> dict[str, Any]:
    ending = path.rpartition(".")[2]
    return {
        "name": table.name.replace("_", "-"),
        "path": path,
        "description": table.description,
        "format": ending,
        **(
            {"encoding": "utf-8", "mediatype": "text/csv", "profile": "tabular-data-resource"}
            if ending == "csv"
            else {}
        ),
        "schema": {"fields": [_field(column) for column in table.columns], "missingValues": [""]},
    }


def _field(column: Column) -> dict[str, Any]:
    said = {"title": column.title, "description": column.description}
    values: Sequence[str | int] = list(column.labels)
    return (
        {"name": column.name, "type": column.type}
        | {member: text for member, text in said.items() if text}
        | ({"constraints": {"enum": values}} if column.closed and values else {})
        | ({"labels": {str(value): words for value, words in column.labels.items()}} if _has_words(column) else {})
    )


def _has_words(column: Column) -> bool:
    return any(str(value) != words for value, words in column.labels.items())
