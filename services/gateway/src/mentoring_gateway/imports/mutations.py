"""Imports: begun, and ended while they go on."""

from uuid import UUID

import strawberry
from strawberry.scalars import Base64

from mentoring_gateway.context import Info
from mentoring_gateway.fields import command
from mentoring_gateway.imports.client import Import, ImportPreview
from mentoring_gateway.imports.inputs import ImportKind


@strawberry.type
class Imports:
    @command(
        "Import a file, CSV or XLSX; it goes on after the answer, and `import` says how far it is. `dryRun` says what "
        "it would do"
    )
    async def start_import(
        self,
        info: Info,
        kind: ImportKind,
        file: Base64,
        programme_id: UUID | None = None,
        dry_run: bool = False,
        proxy_reason: str | None = None,
        cohort: int | None = None,
    ) -> Import:
        said = {
            "programme_id": programme_id,
            "dry_run": dry_run or None,
            "proxy_reason": proxy_reason,
            "cohort": cohort,
        }
        return await info.context.commands(info).imports.start(kind.value, file, **said)

    @command("What a file is taken for: how it is written, what its columns mean, its first rows. Nothing is kept")
    async def preview_import(
        self, info: Info, kind: ImportKind, file: Base64, programme_id: UUID | None = None
    ) -> ImportPreview:
        return await info.context.commands(info).imports.preview(kind.value, file, programme_id)

    @command("End an import that goes on; what went in stays in")
    async def cancel_import(self, info: Info, import_id: UUID) -> Import:
        return await info.context.commands(info).imports.cancel(import_id)
