"""A file that somebody sent to be imported, and how it is read."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from mentoring_common.auth import Principal
from mentoring_common.runner import Service
from mentoring_common.unit_of_work import Work
from mentoring_contracts.columns import Sheet
from mentoring_integrations.imports import csv_table, table_files
from mentoring_integrations.imports.csv_table import Reading, Table
from mentoring_integrations.imports.rows.mapping import reading
from mentoring_integrations.imports.rows.parsed import MOST_AT_ONCE, MOST_ROWS
from mentoring_integrations.imports.service_client import ServiceClient


@dataclass(frozen=True)
class Upload:
    """A file that somebody sent to be imported."""

    service: Service
    work: Work
    by: Principal
    content: bytes
    charset: str | None
    dry_run: bool = True
    later: bool = False  # answered at once, and carried through afterwards
    programme_id: UUID | None = None
    mapping: str | None = None
    sheet: Sheet = "people"
    every_row: Mapping[str, str] = field(default_factory=dict)
    link_id: UUID | None = None  # of the upload link over which it came

    @property
    def client(self) -> ServiceClient:
        return self._client_of("applications", self.service.settings.applications_url)

    @property
    def matching(self) -> ServiceClient:
        return self._client_of("matching", self.service.settings.matching_url)

    @property
    def sessions(self) -> ServiceClient:
        return self._client_of("sessions", self.service.settings.sessions_url)

    @property
    def evaluation(self) -> ServiceClient:
        return self._client_of("evaluation", self.service.settings.evaluation_url)

    def _client_of(self, service: str, address: str) -> ServiceClient:
        return ServiceClient(self.service.http, service, address, self.by.token)

    @property
    def digest(self) -> bytes:
        """Names the content, how it is read and where it goes."""
        known = repr((self.mapping, self.sheet, sorted(self.every_row.items()))) if self.mapped else ""
        return hashlib.sha256(f"{self.programme_id}{known}".encode() + b"\0" + self.content).digest()

    @property
    def mapped(self) -> bool:
        """Whether anything is said of how the file is read."""
        return bool(self.mapping or self.every_row) or self.sheet != "people"

    @property
    def read_as(self) -> dict[str, Any]:
        """What is said of the file, to be read alike when the import is taken up again."""
        return {"mapping": self.mapping, "sheet": self.sheet, "every_row": dict(self.every_row)}

    @property
    def most(self) -> int:
        """How many rows it may have."""
        return MOST_ROWS if self.later else MOST_AT_ONCE

    def reading(self, takes: Collection[str]) -> Reading:
        """How the file is read by an import that takes these columns. MappingUnreadable."""
        return reading(self.mapping, self.sheet, takes, self.every_row)

    def table(self, required: Collection[str], optional: Collection[str]) -> Table:
        """The file as a table of these columns. What `table_files.of` and `csv_table.table` raise."""
        known = self.reading([*required, *optional])
        file = table_files.of(self.content, self.charset)
        return csv_table.table(file, required=required, optional=optional, reading=known)
