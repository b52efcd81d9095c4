"""Files that people send: each is what its content says, whatever it is called, and is given back as an attachment that
no browser shows."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final
from urllib.parse import quote

from fastapi import Query, Request, Response

_OFFICE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MEDIA_TYPES: Final[Mapping[str, str]] = {
    "application/pdf": "pdf",
    _OFFICE: "docx",
    "application/vnd.oasis.opendocument.text": "odt",
    "image/png": "png",
    "image/jpeg": "jpeg",
    "text/plain": "text",
}
MOST_BYTES: Final = 10_000_000
FileName = Annotated[
    str, Query(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f/\\]+$", description="what it is called")
]
_BINARY: Final[dict[str, Any]] = {"schema": {"type": "string", "format": "binary"}}
SENT: Final[dict[str, Any]] = {
    "requestBody": {"required": True, "content": dict.fromkeys(sorted(MEDIA_TYPES), _BINARY)}
}
"""What the document says of a request whose body is a file (`openapi_extra`)."""
GIVEN: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "The file, as an attachment", "content": {"application/octet-stream": _BINARY}}
}
"""What the document says of an answer that is a file (`responses`)."""


def _is_text(data: bytes) -> bool:
    try:
        return "\0" not in data.decode("utf-8")
    except UnicodeDecodeError:
        return False


# What the first bytes of each kind are.
_LOOKS: Final[Mapping[str, Callable[[bytes], bool]]] = {
    "pdf": lambda data: data.startswith(b"%PDF-"),
    "docx": lambda data: data.startswith(b"PK\x03\x04") and b"word/" in data,
    "odt": lambda data: data.startswith(b"PK\x03\x04") and b"opendocument.text" in data,
    "png": lambda data: data.startswith(b"\x89PNG\r\n\x1a\n"),
    "jpeg": lambda data: data.startswith(b"\xff\xd8\xff"),
    "text": _is_text,
}


def kind_of(media_type: str, data: bytes) -> str | None:
    """The kind that a file is said to be (`pdf`, `docx`, …) and looks like; None for another, and for nothing."""
    kind = MEDIA_TYPES.get(media_type)
    return kind if kind is not None and data and _LOOKS[kind](data) else None


def sent_type(request: Request) -> str:
    """The media type that a request says its body to be."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def attachment(name: str, content: bytes) -> Response:
    """The answer that gives a file: nothing of it is shown, run or sniffed by a browser."""
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return Response(content, media_type="application/octet-stream", headers=headers)
