"""What arguments about imports take."""

from enum import Enum

import strawberry


@strawberry.enum(description="What the rows of a file are")
class ImportKind(Enum):
    PEOPLE = "people"
    APPLICATIONS = "applications"
    NOMINATIONS = "nominations"
    PAIRS = "pairs"
    ATTENDANCE = "attendance"
    OUTCOMES = "outcomes"


@strawberry.enum(description="What kind of file")
class TableFormat(Enum):
    CSV = "csv"
    XLSX = "xlsx"
