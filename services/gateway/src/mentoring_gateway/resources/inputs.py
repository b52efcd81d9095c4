"""What arguments about resources take."""

from uuid import UUID

import strawberry


@strawberry.input(description="A resource in one language: a text, a link, a file, or several of them")
class NewWording:
    language: str
    title: str
    text: str | None = None
    link: str | None = None
    file_id: UUID | None = None
