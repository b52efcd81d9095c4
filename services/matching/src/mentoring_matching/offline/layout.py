"""Where the headings of a sheet stand: under a title, over two lines, or three as Qualtrics writes them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from mentoring_matching.offline.headings import guess, is_identity, plain_heading
from mentoring_matching.offline.sheets import Lines, Sheet

TITLE_LINES = 10  # above which the headings are looked for
_ANSWER = frozenset(
    {"", "response", "open-ended response"}
)  # what SurveyMonkey writes under a question with one answer
_SEVERAL = 2
_IMPORT_ID = '{"ImportId"'


@dataclass(frozen=True)
class Layout:
    """Headings by column, other names they go by ("": none), the line they stand in and the first line of a person."""

    headings: Sequence[str]
    names: Sequence[str]
    head: int
    first: int
    how: str = ""


def layout_of(sheet: Sheet, named: Collection[str] = ()) -> Layout:
    """The layout of a sheet that has at least one cell; `named` are headings that the user named."""
    filled = [place for place, line in enumerate(sheet.lines) if any(line)][:TITLE_LINES]
    marked = next((place for place in filled if _is_marked(sheet.lines[place])), None)
    if marked is not None and marked > 1:
        return _of_qualtrics(sheet.lines, marked)
    said = {place: sum(plain_heading(cell) in named for cell in sheet.lines[place]) for place in filled}
    head = next((place for place in filled if _names_people(sheet.lines[place])), None)
    if any(said.values()):
        head = max(filled, key=lambda place: (said[place], -place))
    if head is None:
        most = max(_width(sheet.lines[place]) for place in filled)
        head = next(place for place in filled if _width(sheet.lines[place]) * 2 >= most)
    return _under(sheet, head) or _captioned(sheet, head) or Layout(sheet.lines[head], (), head, head + 1)


def _is_marked(line: Sequence[str]) -> bool:
    return all(cell.startswith(_IMPORT_ID) for cell in line if cell)


def _width(line: Sequence[str]) -> int:
    return sum(map(bool, line))


def _names_people(line: Sequence[str]) -> bool:
    """Whether one of the cells is a heading for an address, an id or a name; a title speaks of these, too."""
    found = [guess(cell) for cell in line if cell and cell.casefold() not in ("mentor", "mentee")]
    return any(g is not None and is_identity(g.meaning) and (g.exact or len(found) > 1) for g in found)


def _of_qualtrics(lines: Lines, marked: int) -> Layout:
    """Short names, questions, ids of columns: the questions are the headings."""
    short, questions = lines[marked - 2], lines[marked - 1]
    headings = [text or name for text, name in zip(_padded(questions, len(short)), short, strict=False)]
    return Layout(headings, short, marked - 2, marked + 1, "Qualtrics, three rows of headings")


def _under(sheet: Sheet, head: int) -> Layout | None:
    """Questions with their answers in the line below, as SurveyMonkey and merged cells have them."""
    upper = sheet.lines[head]
    lower = _padded(sheet.lines[head + 1], len(upper)) if head + 1 < len(sheet.lines) else []
    if (
        not any(lower)
        or not _names_people(upper)
        or any(not _may_stand_under(up, low) for up, low in zip(upper, lower, strict=False) if up)
    ):
        return None
    named = [cell.lower() in _ANSWER - {""} for cell in lower]
    several = [place for place, cell in enumerate(lower) if cell and _caption(upper, place) and not named[place]]
    under = [p for p in several if p >= len(upper) or not upper[p] or _repeated(upper, p)]
    if not any(named) and len(under) < _SEVERAL:
        return None
    headings = [_joined(_caption(upper, place), low) for place, low in enumerate(lower)]
    return Layout(headings, (), head, head + 2, "two rows of headings")


def _may_stand_under(upper: str, lower: str) -> bool:
    known = guess(upper)
    return known is None or not is_identity(known.meaning) or lower.lower() in {*_ANSWER, upper.lower()}


def _repeated(line: Sequence[str], place: int) -> bool:
    return list(line).count(line[place]) > 1


def _caption(upper: Sequence[str], place: int) -> str:
    """The question over a column: of cells that follow it without one, the last to the left."""
    return next((cell for cell in reversed(upper[: place + 1]) if cell), "")


def _captioned(sheet: Sheet, head: int) -> Layout | None:
    """A merged cell over some of the headings says what they are about."""
    line = sheet.lines[head]
    over = [m for m in sheet.merged if m[0] <= m[2] == head - 1 and 1 <= m[3] - m[1] < len(line) - 1]
    if not over:
        return None
    headings = list(line)
    for top, left, _bottom, right in over:
        for place in range(left, min(right + 1, len(line))):
            headings[place] = _joined(sheet.lines[top][left], line[place])
    return Layout(headings, line, head, head + 1, "captions over headings")


def _joined(caption: str, part: str) -> str:
    plain = not caption or part.lower() in _ANSWER or part.lower() == caption.lower()
    return (caption or part) if plain else f"{caption} [{part}]"


def _padded(line: Sequence[str], size: int) -> list[str]:
    return [*line, *[""] * (size - len(line))]
