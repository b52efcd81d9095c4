"""The text of a report: every figure and every quotation in it is a reference.

A figure is resolved from the report's own frozen figures. A quotation, `{quote:id of the quote}`, is read where it is
sealed each time the report is shown; once its person has withdrawn, the text says so in its place.

A reference to a figure is `{figure:name,cohort,role,wave}` (figures/references.py).
"""

import re
from collections.abc import Collection, Iterable, Iterator

from mentoring_evaluation.figures.references import found, read_reference
from mentoring_evaluation.figures.shown import ABOUT, Figures, ShownFigure
from mentoring_evaluation.reports.document import Part, QuoteInReport, Section, Written

WITHDRAWN = "[a quotation was withdrawn]"
_REFERENCE = re.compile(r"\{(figure|quote):([^{}]*)\}")
_UNCLOSED = re.compile(r"\{[^{}\n]*")
_BEGUN = re.compile(r"\{(?:figure|quote)")


def unknown_references(
    sections: Iterable[Written], figures: Figures, quotes: Collection[str] | None = None
) -> list[str]:
    """The references of a text that name no single figure and none of the quotes (ids; None: any may be named), as they
    are written (at most 100 characters)."""
    written = (reference for section in sections for reference in _written(section.text))
    return [_named(*one)[:100] for one in written if not _known(*one, figures, quotes)]


def resolved(sections: Iterable[Written], figures: Figures) -> tuple[Section, ...]:
    """The sections with figures in place; what stands for quotations is not read yet."""
    return tuple(
        Section(
            title=section.title,
            paragraphs=tuple(tuple(_parts(p, figures)) for p in re.split(r"\n\s*\n", section.text.strip())),
        )
        for section in sections
    )


def with_quotes(narrative: Iterable[Section], quotes: Iterable[QuoteInReport]) -> tuple[Section, ...]:
    """A resolved text with the quotations that are still there in place."""
    known = {str(quote.quote_id): quote for quote in quotes}

    def read(part: Part) -> Part:
        quote = known.get(part.quote or "")
        return part if quote is None else part.but(text=f"\u201c{quote.text}\u201d", evidence=by_whom(quote))

    return tuple(
        Section(
            title=section.title, paragraphs=tuple(tuple(read(part) for part in parts) for parts in section.paragraphs)
        )
        for section in narrative
    )


def by_whom(quote: QuoteInReport) -> str:
    """Who said it, as far as a report tells: `a mentor of cohort 1`."""
    return f"a {quote.role}" + (f" of cohort {quote.cohort}" if quote.cohort else "")


def shown(figure: ShownFigure) -> str:
    """A figure's value as text shows it: `67 %`, `about 65 %`, `12`; `*` is hidden, `–` has no value."""
    if figure.shown == "hidden":
        return "*"
    if figure.value is None:
        return "–"
    return f"{ABOUT[figure.shown]}{figure.value}{' %' if figure.unit == 'percent' else ''}"


def counted(figure: ShownFigure) -> str:
    """What stands behind a figure, in a few words."""
    if figure.shown == "hidden":
        return "hidden: too few people stand behind it"
    if figure.numerator is not None and figure.denominator is not None:
        return f"{figure.numerator} of {figure.denominator}"
    return figure.rule.replace("_", " ")


def _written(text: str) -> Iterator[tuple[str, str]]:
    """Kind and inside of every reference of a text; of one that is not closed all that stands there, with its brace."""
    for begun in _BEGUN.finditer(text):
        whole = _REFERENCE.match(text, begun.start())
        yield (whole.group(1), whole.group(2)) if whole else ("figure", _UNCLOSED.match(text, begun.start()).group())  # type: ignore[union-attr]  # it begins there


def _known(kind: str, inside: str, figures: Figures, quotes: Collection[str] | None) -> bool:
    if kind == "quote":
        return quotes is None or inside.strip() in quotes
    return _figure(inside, figures) is not None


def _named(kind: str, inside: str) -> str:
    return inside if kind == "figure" else f"quote:{inside}"


def _figure(inside: str, figures: Figures) -> ShownFigure | None:
    reference = read_reference(inside)
    return None if reference is None else found(reference, figures)


def _parts(paragraph: str, figures: Figures) -> Iterator[Part]:
    read = 0
    for match in _REFERENCE.finditer(paragraph):
        yield from _plain(paragraph[read : match.start()])
        kind, inside = match.groups()
        yield _quotation(inside) if kind == "quote" else _said(inside, figures)
        read = match.end()
    yield from _plain(paragraph[read:])


def _plain(text: str) -> Iterator[Part]:
    if text:
        yield Part(text=text)


def _quotation(inside: str) -> Part:
    return Part(text=WITHDRAWN, evidence="", quote=inside.strip())


def _said(inside: str, figures: Figures) -> Part:
    figure = _figure(inside, figures)
    if figure is None:
        return Part(text="[not available]", evidence="", reference=inside)
    return Part(text=shown(figure), evidence=counted(figure), reference=inside)
