"""PDF/A-2a and PDF/UA-1 by typst, with the fonts it brings and those of the machine, and what they cannot show."""

import json
import unicodedata
from collections import defaultdict
from functools import cache
from typing import Any, Literal

from mentoring_common.errors import Conflict, Rejected

STANDARDS: list[Literal["a-2a", "ua-1"]] = ["a-2a", "ua-1"]
FONTS = ("Libertinus Serif", "New Computer Modern")  # both come with typst; what they lack is looked for in all others
_NO_FONT = ("font", "glyph", "codepoint")  # what typst says when it cannot show a character
_TOO_LONG = "PDF string is longer"  # of a word that PDF/A does not take
_SAMPLE = b"""#let data = json(bytes(sys.inputs.data))
#set document(title: "x")
#set text(font: data.fonts)
#text(data.text)"""


class ScriptNotPrintable(Rejected):
    """The text has characters that no PDF of ours can show."""


class PdfNotPossible(Conflict):
    """The document has characters that no font at hand can show in a PDF/A, or a word too long for one."""


def typeset(template: bytes, data: dict[str, Any]) -> bytes:
    """The PDF of a template and its data. PdfNotPossible names the scripts that no font shows. Blocking."""
    given = json.dumps(data | {"fonts": FONTS}, ensure_ascii=False)
    try:
        return _compiled(template, given)
    except _NoFont:
        raise PdfNotPossible(scripts=unprintable(given)) from None


def require_printable(*texts: str) -> None:
    """ScriptNotPrintable, with the names of the `scripts`, if a PDF cannot show these texts. Blocking."""
    scripts = unprintable("".join(texts))
    if scripts:
        raise ScriptNotPrintable(scripts=scripts)


def unprintable(text: str) -> list[str]:
    """The scripts (by Unicode name) of characters in the text that no font shows. Blocking."""
    doubtful = {character for character in text if not _plain(character)}
    if not doubtful or _shows(doubtful):
        return []
    by_script: dict[str, set[str]] = defaultdict(set)
    for character in doubtful:
        by_script[script_of(character)].add(character)
    return sorted(script for script, characters in by_script.items() if not _shows(characters))


def script_of(character: str) -> str:
    """The first word of a letter's Unicode name (`thai`, `cjk`, `hiragana`); otherwise what kind of character it is."""
    kind = unicodedata.category(character)
    if kind[0] == "C":
        return "control or unassigned"
    return unicodedata.name(character).partition(" ")[0].lower() if kind[0] in "LM" else "symbols"


def _plain(character: str) -> bool:
    return character.isascii() and (character.isprintable() or character.isspace())


def _shows(characters: set[str]) -> bool:
    try:
        _compiled(_SAMPLE, json.dumps({"fonts": FONTS, "text": f"x{''.join(sorted(characters))}"}))
    except _NoFont:
        return False
    return True


class _NoFont(Exception):
    """Some character is in no font."""


def _compiled(template: bytes, data: str) -> bytes:
    import typst

    try:
        pdf: bytes = typst.compile(
            input=template, sys_inputs={"data": data}, format="pdf", pdf_standards=[*STANDARDS], font_paths=_fonts()
        )
    except typst.TypstError as error:
        if _TOO_LONG in error.message:
            raise PdfNotPossible() from None
        if not any(word in error.message for word in _NO_FONT):
            raise
        raise _NoFont from None
    return pdf


@cache
def _fonts() -> Any:
    """All fonts at hand, looked up once."""
    import typst

    return typst.Fonts()
