"""What headings mean by a mapping: what `mentoring match --write-mapping` writes, or one of a source's own."""

from collections.abc import Collection, Mapping

from pydantic import ValidationError

from mentoring_common.faults import fault, faults_of
from mentoring_common.yaml_text import YamlUnreadable, read_yaml
from mentoring_contracts.columns import ColumnMapping, Sheet
from mentoring_integrations.errors import MappingUnreadable
from mentoring_integrations.imports.csv_table import Reading

_COLUMNS = {
    "first_name": "name", "last_name": "name", "line_manager": "line_manager_email", "profession": "discipline",
    "topics": "criteria", "text": "free_text",
}  # fmt: skip
"""Meanings of a mapping whose column has another name here."""


def reading(mapping: str | None, sheet: Sheet, takes: Collection[str], every_row: Mapping[str, str]) -> Reading:
    """How a file is read: by a mapping in YAML, as one of its sheets. MappingUnreadable.

    A mapping serves several imports and `mentoring match`, so what this one does not take is passed over.
    """
    try:
        said = ColumnMapping.model_validate(read_yaml(mapping).document or {} if mapping else {}).of(sheet)
    except YamlUnreadable as error:
        raise MappingUnreadable(errors=[fault(error.code, error.detail, "query", "mapping")]) from None
    except ValidationError as error:
        raise MappingUnreadable(errors=faults_of(error, "query", "mapping")) from None
    parts = {"first_name", "last_name"} if "name" in said else set()  # who gave a whole name is not named twice
    columns: dict[str, str | None] = {}
    for meaning, headings in sorted(said.items(), key=lambda item: item[0] == "last_name"):
        column = _COLUMNS.get(meaning, meaning)
        taken = column if column in takes and meaning not in parts else None
        columns |= dict.fromkeys(headings, taken)
    role = {"role": sheet.removesuffix("s")} if sheet != "people" and "role" in takes else {}
    return Reading(columns, {**role, **every_row})
