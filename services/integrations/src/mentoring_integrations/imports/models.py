"""Imports of files: counts and why rows stayed out; no cell of a file is kept."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from mentoring_common.db import TenantRow
from mentoring_common.versions import Versioned
from mentoring_integrations.tables import Base


class Import(TenantRow, Base):
    """One reading of a file: `rows` are its data rows, those not accepted stand in `refused_rows`.

    `created`, `changed` and `unchanged` are the lines of those accepted, by what they did. One that runs says so every
    few moments of real time (`progressed_at`). `digest` and `read_as` (mapping, sheet, what holds for every row) let it
    be resumed with the same file.
    """

    __tablename__ = "imports"
    kind: Mapped[str]  # people, applications, nominations, pairs, attendance, outcomes
    programme_id: Mapped[UUID | None]
    started_by: Mapped[str]
    dry_run: Mapped[bool]
    state: Mapped[str]  # running, finished, cancelled
    rows: Mapped[int]
    accepted: Mapped[int] = mapped_column(default=0)
    created: Mapped[list[int]] = mapped_column(sa.ARRAY(sa.Integer), server_default="{}")
    changed: Mapped[list[int]] = mapped_column(sa.ARRAY(sa.Integer), server_default="{}")
    unchanged: Mapped[list[int]] = mapped_column(sa.ARRAY(sa.Integer), server_default="{}")
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    progressed_at: Mapped[datetime] = mapped_column(server_default=sa.text("clock_timestamp()"))
    digest: Mapped[bytes | None]
    read_as: Mapped[dict[str, Any] | None] = mapped_column(JSONB)


class ImportSource(TenantRow, Base):
    """How the files of one source are read, kept under a name by whoever sends them."""

    __tablename__ = "import_sources"
    __table_args__ = (sa.UniqueConstraint("tenant_id", "made_by", "name"),)
    made_by: Mapped[str]
    name: Mapped[str]
    mapping: Mapped[str]
    sheet: Mapped[str]
    changed_at: Mapped[datetime]


class UploadLink(TenantRow, Versioned, Base):
    """An address that takes files of one source, from whoever has it, until `expires_at` of real time.

    `sealed_key` is an API key for what the files may do; what opens it stands in the address alone.
    """

    __tablename__ = "upload_links"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["tenant_id", "made_by", "source"],
            ["import_sources.tenant_id", "import_sources.made_by", "import_sources.name"],
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id", "import_id"], ["imports.tenant_id", "imports.id"]),
        sa.Index(None, "tenant_id", "made_by", "source"),
        sa.Index(None, "tenant_id", "import_id"),
    )
    source: Mapped[str]  # its name
    kind: Mapped[str]  # people, nominations
    programme_id: Mapped[UUID | None]
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    most_files: Mapped[int | None]
    most_bytes: Mapped[int]
    files: Mapped[int] = mapped_column(default=0, server_default="0")
    import_id: Mapped[UUID | None]  # of the last file
    key_id: Mapped[UUID]
    sealed_key: Mapped[bytes]


class RefusedRow(TenantRow, Base):
    """Why a row stayed out: `detail` is a sentence of ours, never a cell of the file."""

    __tablename__ = "refused_rows"
    __table_args__ = (
        sa.ForeignKeyConstraint(["tenant_id", "import_id"], ["imports.tenant_id", "imports.id"], ondelete="CASCADE"),
        sa.Index(None, "tenant_id", "import_id"),
    )
    import_id: Mapped[UUID]
    row: Mapped[int]  # line of the file, the header is line 1
    column: Mapped[str | None]
    code: Mapped[str]
    detail: Mapped[str]
