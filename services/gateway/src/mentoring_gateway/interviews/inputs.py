"""What arguments about interviews take."""

import strawberry


@strawberry.input(description="A titled text; in a report `{figure:name,cohort,role,wave}` stands for a figure")
class TitledText:
    title: str
    text: str
