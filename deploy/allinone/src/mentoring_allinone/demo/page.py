"""The page of the demo: what was published beside what the records give, then the report in both of its views."""

from collections.abc import Iterable
from html import escape

from mentoring_allinone.demo.results import Check
from mentoring_allinone.demo.stage import Stage

_STYLE = """body{font:16px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a}
table{border-collapse:collapse;margin:1rem 0}th,td{border:1px solid #bbb;padding:.25rem .6rem;text-align:left}
td.n{text-align:right}tr.no{background:#fff3d6}iframe{width:100%;height:85vh;border:1px solid #999}"""


def page(stage: Stage, found: list[Check], report: str) -> str:
    """A self-contained HTML page around the report's own page, which has the public and the team's view."""
    agree = sum(check.agrees for check in found)
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>NIHR Mentoring Programme 2022, played again</title><style>{_STYLE}</style></head><body>
<h1>NIHR Mentoring Programme 2022, played again</h1>
<p>Generated people with the counts of the {escape(stage.scenario.source)} went through the whole programme.
Every figure is recomputed from stored records. {agree} of {len(found)} published numbers are reproduced.</p>
<h2>The report: the programme team's view (exact) and the public one (small groups suppressed)</h2>
<iframe title="Report in both views" sandbox="allow-same-origin" srcdoc="{escape(report)}"></iframe>
<h2>Beside the published numbers</h2>
<table><thead><tr><th>Figure</th><th>Cohort</th><th>Role</th><th>Wave</th><th>Rule</th><th>Published</th>
<th>Recomputed</th><th>Remark</th></tr></thead><tbody>{"".join(_row(check) for check in found)}</tbody></table>
<h2>What the published report contradicts in itself</h2>{_list(stage.scenario.published_inconsistencies.values())}
<h2>What we assumed</h2><p>The report does not say these; its numbers need something of the kind.</p>
{_list(stage.scenario.assumptions.values())}
</body></html>"""


def _list(texts: Iterable[str]) -> str:
    return "<ul>" + "".join(f"<li>{escape(text)}</li>" for text in texts) + "</ul>"


def _row(check: Check) -> str:
    name = " · ".join((check.name, *check.breakdown.values()))
    texts = (name, check.cohort or "all", check.role or "both", check.wave or "", check.rule)
    cells = "".join(f"<td>{escape(str(text))}</td>" for text in texts)
    numbers = "".join(f'<td class="n">{value}</td>' for value in (check.published, check.computed))
    kind = "" if check.agrees else ' class="no"'
    return f"<tr{kind}>{cells}{numbers}<td>{escape(check.why)}</td></tr>"
