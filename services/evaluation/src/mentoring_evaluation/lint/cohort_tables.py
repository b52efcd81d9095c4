"""The converter for reports kept as tables by cohort, the shape of `examples/nihr_2022.json`.

Sections (all optional): `expressions_of_interest`, `matches`, `timeline`, `key_dates_table`, `surveys`,
`outcomes_percent`, `cpd`, `interviews`, `professional_background`, and in `programme` the target and the months to the
interim evaluation. Cohorts are the keys of a table, `overall` stands beside them, roles are `mentor` and `mentee`.
"""

from collections.abc import Iterator
from typing import Any

from mentoring_evaluation.lint.nodes import Node, ReportUnreadable, described
from mentoring_evaluation.lint.published import (
    CountRange,
    DatedEvent,
    Gap,
    Ledger,
    LedgerLine,
    Matches,
    Order,
    Oversubscription,
    Part,
    Percentage,
    PublishedReport,
    Total,
)

ROLES = ("mentor", "mentee")
OVERALL = "overall"

# Columns of the timeline that say the same as a column of the dated tables under another name.
_SAME_EVENT = {
    "interim_evaluation": "interim_opened",
    "summative_evaluation": "summative_opened",
    "interviews_started": "interviews_opened",
    "interviews_completed": "interviews_closed",
    "final_reports": "final_report",
}
_MUST = [
    ("match_confirmed", "interim_opened"),
    ("interim_opened", "interim_closed"),
    ("interim_closed", "interim_report"),
    ("interim_closed", "summative_opened"),
    ("summative_opened", "summative_closed"),
    ("summative_closed", "final_report"),
    ("interviews_opened", "interviews_closed"),
    ("interviews_closed", "final_report"),
]
_USUAL = [("cpd", "check_in")]


def is_cohort_tables(data: dict[str, Any]) -> bool:
    """Whether a document has this shape."""
    return any(section in data for section in ("outcomes_percent", "surveys", "expressions_of_interest", "timeline"))


def from_cohort_tables(data: dict[str, Any]) -> PublishedReport:
    """The report described in the linter's own schema. Raises ReportUnreadable at the place that cannot be read."""
    root = Node(data)
    return PublishedReport(
        title=root["source"].text() if "source" in root else "untitled report",
        percentages=[*_response_rates(root), *_outcomes(root)],
        totals=[*_applicant_totals(root), *_match_totals(root), *_survey_totals(root), *_table_totals(root)],
        oversubscription=list(_oversubscription(root)),
        ledgers=list(_ledgers(root)),
        matches=list(_matches(root)),
        ranges=list(_interviews(root)),
        dates=[*_timelines(root), *_periods(root)],
        orders=list(_orders(root)),
        gaps=list(_gaps(root)),
    )


def _orders(root: Node) -> Iterator[Order]:
    programme = root["programme"] if "programme" in root else Node({})
    if "orientation_compulsory" in programme and programme["orientation_compulsory"].value is True:
        yield Order(earlier="orientation", later="match_confirmed")
    periods = [f"{wave}_" for wave, _ in root.children("surveys") if wave not in ("interim", "summative")]
    yield from (Order(earlier=f"{wave}opened", later=f"{wave}closed") for wave in periods)
    yield from (Order(earlier=a, later=b) for a, b in _MUST)
    yield from (Order(earlier=a, later=b, kind="usual") for a, b in _USUAL)


def _by_cohort(root: Node) -> dict[str, Node]:
    """The lines of matched pairs and people, by cohort."""
    return dict(root["matches"].children("by_cohort")) if "matches" in root else {}


def _asked(root: Node) -> dict[str, int]:
    """Mentors and mentees matched, by cohort and overall: the people a survey of everybody asks."""
    lines = _by_cohort(root)
    known = {cohort: line for cohort, line in lines.items() if "mentors" in line and "mentees" in line}
    asked = {cohort: line["mentors"].whole() + line["mentees"].whole() for cohort, line in known.items()}
    return asked | {OVERALL: sum(asked.values())} if asked and len(known) == len(lines) else asked


def _response_rates(root: Node) -> Iterator[Percentage]:
    asked = _asked(root)
    for wave, table in root.children("surveys"):
        for cohort, line in table.children():
            if "published_rate_percent" in line:
                yield described(
                    Percentage,
                    line["published_rate_percent"].path,
                    name="response_rate",
                    percent=line["published_rate_percent"].number(),
                    cohort=None if cohort == OVERALL else cohort,
                    wave=wave,
                    numerator=line["responses"].whole() if cohort in asked and "responses" in line else None,
                    n=asked.get(cohort) if "responses" in line else None,
                )


def _outcomes(root: Node) -> Iterator[Percentage]:
    surveys = root["surveys"] if "surveys" in root else Node({})
    took_part = surveys["summative"] if "summative" in surveys else Node({})
    for name, table in root.children("outcomes_percent"):
        for cohort, line in table.children():
            for role, printed in line.children():
                known = cohort in took_part and role in took_part[cohort]
                yield described(
                    Percentage,
                    printed.path,
                    name=name,
                    percent=printed.number(),
                    cohort=None if cohort == OVERALL else cohort,
                    role=role,
                    wave="summative",
                    n=took_part[cohort][role].whole() if known else None,
                    n_is="at_most",
                )


def _applicant_totals(root: Node) -> Iterator[Total]:
    if "expressions_of_interest" not in root or "published_totals" not in root["expressions_of_interest"]:
        return
    section = root["expressions_of_interest"]
    stated = section["published_totals"]
    for role in (role for role in ROLES if role in stated and "by_cohort" in section):
        parts = [(f"cohort {cohort}", line[role]) for cohort, line in section.children("by_cohort") if role in line]
        yield _total(f"expressions of interest of {role}s", parts, stated[role])
    if "all" in stated:
        parts = [(f"{role}s", stated[role]) for role in ROLES if role in stated]
        yield _total("expressions of interest", parts, stated["all"])


def _match_totals(root: Node) -> Iterator[Total]:
    if "matches" in root and "published_pairs" in root["matches"]:
        section = root["matches"]
        lines = _by_cohort(root)
        if all("pairs" in line for line in lines.values()):
            parts = [(f"cohort {cohort}", line["pairs"]) for cohort, line in lines.items()]
            yield _total("matched pairs", parts, section["published_pairs"])


def _survey_totals(root: Node) -> Iterator[Total]:
    for wave, table in root.children("surveys"):
        lines = dict(table.children())
        for cohort, line in lines.items():
            parts = [(f"{role}s", line[role]) for role in ROLES if role in line]
            if "responses" in line:
                label = "overall" if cohort == OVERALL else f"cohort {cohort}"
                printed = parts if len(parts) == len(ROLES) else []
                yield _total(f"{wave} responses, {label}", printed, line["responses"])
        for column in (column for column in (*ROLES, "responses") if OVERALL in lines and column in lines[OVERALL]):
            cohorts = {cohort: line for cohort, line in lines.items() if cohort != OVERALL}
            if all(column in line for line in cohorts.values()):
                parts = [(f"cohort {cohort}", line[column]) for cohort, line in cohorts.items()]
                yield _total(f"{wave} {column}, overall", parts, lines[OVERALL][column])


def _table_totals(root: Node) -> Iterator[Total]:
    yield from _event_totals(root)
    if "professional_background" not in root:
        return
    section = root["professional_background"]
    columns = [column.text() for column in section["columns"].items()]
    tables = {name: _rows(table, columns) for name, table in section.children() if name != "columns"}
    for name, rows in tables.items():
        for label, row in rows.items() if OVERALL in columns else ():
            parts = [(column, cell) for column, cell in row.items() if column != OVERALL]
            yield _total(f"{name}, {label}", parts, row[OVERALL])
        if not name.endswith("_other_breakdown"):
            yield from _background_totals(root, name, rows)
    yield from _breakdowns(tables, columns)


def _rows(table: Node, columns: list[str]) -> dict[str, dict[str, Node]]:
    """The cells of every row of a table, by their column. Raises ReportUnreadable where a row has more or fewer."""
    rows = {}
    for label, row in table.children():
        cells = row.items()
        if len(cells) != len(columns):
            raise ReportUnreadable(f"{row.path} has {len(cells)} cells for {len(columns)} columns")
        rows[label] = dict(zip(columns, cells, strict=True))
    return rows


def _event_totals(root: Node) -> Iterator[Total]:
    cpd = root["cpd"] if "cpd" in root else Node({})
    if "in_person_events" in cpd and "in_person_dates" in cpd:
        held = [Part(label=town, value=len(days.items())) for town, days in root["cpd"].children("in_person_dates")]
        stated = root["cpd"]["in_person_events"]
        yield described(Total, stated.path, label="in-person events by their dates", parts=held, stated=stated.whole())


def _background_totals(root: Node, role: str, rows: dict[str, dict[str, Node]]) -> Iterator[Total]:
    """The people of a role in the background table are the matched people of that role, cohort by cohort."""
    for cohort, line in _by_cohort(root).items():
        column = f"cohort {cohort}"
        if f"{role}s" in line and all(column in row for row in rows.values()):
            parts = [(label, row[column]) for label, row in rows.items()]
            yield _total(f"professional background of the {role}s of cohort {cohort}", parts, line[f"{role}s"])


def _breakdowns(tables: dict[str, dict[str, dict[str, Node]]], columns: list[str]) -> Iterator[Total]:
    for name, rows in tables.items():
        whole = tables.get(name.removesuffix("_other_breakdown"), {})
        if name.endswith("_other_breakdown") and "Other" in whole:
            for column in columns:
                parts = [(label, row[column]) for label, row in rows.items()]
                yield _total(f"{name}, {column}", parts, whole["Other"][column])


def _oversubscription(root: Node) -> Iterator[Oversubscription]:
    section = root["expressions_of_interest"] if "expressions_of_interest" in root else Node({})
    if "oversubscription_denominator" not in section:
        return
    programme = root["programme"] if "programme" in root else Node({})
    later = programme["increased_to_pairs"].whole() if "increased_to_pairs" in programme else None
    for role, printed in section.children("published_oversubscription_percent"):
        yield described(
            Oversubscription,
            printed.path,
            role=role,
            demand=section["published_totals"][role].whole(),
            places=section["oversubscription_denominator"].whole(),
            percent=printed.number(),
            later_places=later,
        )


def _ledgers(root: Node) -> Iterator[Ledger]:
    section = root["expressions_of_interest"] if "expressions_of_interest" in root else Node({})
    matched = _by_cohort(root)
    lines = [
        described(
            LedgerLine,
            number.path,
            cohort=cohort,
            role=role,
            applied=number.whole(),
            matched=matched[cohort][f"{role}s"].whole() if f"{role}s" in matched.get(cohort, Node({})) else None,
        )
        for cohort, line in section.children("by_cohort")
        for role, number in line.children()
    ]
    if lines:
        moved = section["moved_cohort"].whole() if "moved_cohort" in section else None
        yield Ledger(at=section.path, lines=lines, moved=moved)


def _matches(root: Node) -> Iterator[Matches]:
    for cohort, line in _by_cohort(root).items():
        numbers = {column: line[column].whole() for column in ("pairs", "mentors", "mentees") if column in line}
        if len(numbers) == 3:
            yield described(Matches, line.path, cohort=cohort, **numbers)


def _interviews(root: Node) -> Iterator[CountRange]:
    for cohort, line in root.children("interviews"):
        if "transcript_pages" in line:
            yield described(
                CountRange,
                line["transcript_pages"].path,
                label=f"interviews of cohort {cohort}",
                total=line["transcript_pages"].whole(),
                minimum=line["pages_min"].whole(),
                maximum=line["pages_max"].whole(),
                units=line["interviews"].whole() if "interviews" in line else None,
                groups=line["matched_pairs"].whole(),
                units_per_group=[1, 2],
            )


def _timelines(root: Node) -> Iterator[DatedEvent]:
    for section in ("timeline", "key_dates_table"):
        for cohort, line in root.children(section):
            for event, day in line.children():
                yield described(
                    DatedEvent, day.path, event=_SAME_EVENT.get(event, event), date=day.text(), cohort=cohort
                )


def _periods(root: Node) -> Iterator[DatedEvent]:
    tables = [*root.children("surveys"), *([("interviews", root["interviews"])] if "interviews" in root else [])]
    for name, table in tables:
        for cohort, line in table.children():
            for end in (end for end in ("opened", "closed") if end in line):
                yield described(DatedEvent, line[end].path, event=f"{name}_{end}", date=line[end].text(), cohort=cohort)


def _gaps(root: Node) -> Iterator[Gap]:
    programme = root["programme"] if "programme" in root else Node({})
    if "interim_evaluation_months_after_match" in programme:
        months = programme["interim_evaluation_months_after_match"]
        yield described(
            Gap,
            months.path,
            earlier="match_confirmed",
            later="interim_opened",
            months_min=months[0].whole(),
            months_max=months[1].whole(),
        )


def _total(label: str, parts: list[tuple[str, Node]], stated: Node) -> Total:
    addends = [Part(label=name, value=node.whole()) for name, node in parts]
    return described(Total, stated.path, label=label, parts=addends, stated=stated.whole())
