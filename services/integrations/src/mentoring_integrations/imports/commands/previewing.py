"""What a file is taken for, before it is imported."""

import asyncio
from collections.abc import Collection
from typing import Final

from mentoring_integrations.imports import csv_table, table_files
from mentoring_integrations.imports.commands.preparing import columns
from mentoring_integrations.imports.commands.uploads import Upload
from mentoring_integrations.imports.csv_table import Table
from mentoring_integrations.imports.schemas import PreviewView
from mentoring_integrations.programmes.access import require_importer

PREVIEWED: Final = 20


async def preview(upload: Upload, kind: str) -> PreviewView:
    """What the file is taken for: how it is written, what each column means, its first rows and what is wrong with
    them. Nothing is kept or sent. What `table_files.of` and `csv_table.headings` raise, MappingUnreadable."""
    required, optional = await columns(upload, kind)
    async with upload.work.transaction() as db:
        await require_importer(db, upload.by)
    return await asyncio.to_thread(_previewed, upload, required, optional)


def _previewed(upload: Upload, required: Collection[str], optional: Collection[str]) -> PreviewView:
    file = table_files.of(upload.content, upload.charset)
    headings = csv_table.headings(file)
    reading = upload.reading([*required, *optional])
    columns = reading.names(headings)
    known = {*required, *optional}
    first: list[dict[str, str]] = []
    count = 0
    for found in Table(file, columns, upload.every_row).rows():
        count += 1
        if isinstance(found, csv_table.Row) and len(first) < PREVIEWED:
            first.append({name: cell for name, cell in found.cells.items() if name in known})
    return PreviewView.model_validate(
        {
            "format": file.kind,
            "charset": file.charset,
            "delimiter": file.delimiter,
            "rows": count,
            "columns": [
                {"heading": heading, "column": name if name in known else None}
                for heading, name in zip(headings, columns, strict=True)
            ],
            "missing": sorted(set(required) - set(columns) - reading.every_row.keys()),
            "unknown": [h for h, name in zip(headings, columns, strict=True) if name is not None and name not in known],
            "first": first,
        }
    )
