"""The durations that the documents name are those of the code."""

import re
from datetime import timedelta
from pathlib import Path

from mentoring_applications.applying.commands import drafts
from mentoring_applications.people.access import INVITATION_DAYS
from mentoring_common import retention, yaml_text
from mentoring_common.settings import Settings
from mentoring_gateway import live
from mentoring_integrations.imports.commands import links
from mentoring_integrations.webhooks import commands, schedule, sending

ROOT = Path(__file__).resolve().parents[2]
DURATION = re.compile(r"\b(\d+) (seconds|minutes|hours|days|weeks)\b")
COMPOSE = yaml_text.ours((ROOT / "docker-compose.yml").read_text("utf-8"))
DEFAULTS = {name: field.default for name, field in Settings.model_fields.items()}

# (document, duration named) → the duration in the code
NAMED = {
    ("integrators.md", "90 days"): timedelta(days=DEFAULTS["changes_days"]),
    ("integrators.md", "24 hours"): commands.ROTATION,
    ("integrators.md", "15 seconds"): timedelta(seconds=sending.TIMEOUT_S),
    ("integrators.md", "30 seconds"): timedelta(seconds=schedule.FIRST_REST_S),
    ("integrators.md", "15 minutes"): timedelta(seconds=schedule.LONGEST_REST_S),
    ("graphql.md", "15 minutes"): timedelta(seconds=live.KEPT_S),
    ("imports.md", "90 days"): links.VALID,
    ("reliability.md", "35 minutes"): None,  # how long one run was seen to take
    ("plays.md", "8 minutes"): None,  # how long the plays were seen to take: measured, not set
    ("scale.md", "5 minutes"): None,  # measured
    ("scale.md", "3 hours"): None,  # calculated
    ("production.md", "24 hours"): retention.ANSWERS,
    ("production.md", "30 days"): timedelta(days=DEFAULTS["inbox_days"]),
    ("production.md", "90 days"): timedelta(days=DEFAULTS["changes_days"]),
    ("production.md", "40 seconds"): timedelta(seconds=int(COMPOSE["services"]["matching"]["stop_grace_period"][:-1])),
    ("who-may-what.md", "180 days"): timedelta(days=INVITATION_DAYS),
}


def test_every_duration_in_the_documents_is_that_of_the_code():
    documents = {path.name: path.read_text("utf-8") for path in (ROOT / "docs").glob("*.md")}
    by_hand = {name: text for name, text in documents.items() if not text.startswith("<!-- Generated")}
    found = {(name, m[0]) for name, text in by_hand.items() for m in DURATION.finditer(text)}
    assert found == set(NAMED), "a duration is named that nothing holds against the code, or is named no more"
    for (name, text), held in NAMED.items():
        number, unit = text.split()
        assert held is None or timedelta(**{unit: int(number)}) == held, f"{name} says {text}, the code {held}"


def test_the_outbox_is_kept_for_ever_as_the_topics_are():
    assert DEFAULTS["outbox_days"] == 0
    assert "| published events (`outbox`) | for ever |" in (ROOT / "docs" / "production.md").read_text("utf-8")


def test_all_that_is_deleted_by_age_is_in_the_table():
    sources = [path for folder in ("libs", "services") for path in (ROOT / folder).rglob("src/**/*.py")]
    calls = sum(len(re.findall(r"(?<!def )\bdelete_in_steps\(", path.read_text("utf-8"))) for path in sources)
    part = (ROOT / "docs" / "production.md").read_text("utf-8").partition("## What is deleted by itself")[2]
    rows = [line.split("|")[1:4] for line in part.splitlines() if line.startswith("| ")][1:]
    assert len(re.findall(r"`[a-z_]+`", "".join(what for what, _, _ in rows))) == calls
    settings = {f"`MENTORING_{name.upper()}`" for name in DEFAULTS if name.endswith("_days")}
    assert settings == set(re.findall(r"`MENTORING_[A-Z_]+`", "".join(setting for _, _, setting in rows)))
    assert timedelta(days=DEFAULTS["inbox_days"]) == drafts.KEPT_AFTER_CLOSE  # the same words stand for both
