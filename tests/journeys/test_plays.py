"""Every programme of blueprints/ is played: a few pairs of each here, all of them with `make plays`."""

import json

import pytest
from rich.console import Console
from typer.testing import CliRunner

from mentoring_allinone.cli import app
from mentoring_allinone.plays.programmes import PLAYS
from mentoring_allinone.plays.run import play
from mentoring_applications.programmes import blueprint as blueprints

SMALL = ("chief-pharmacy-reverse", "executive-edge", "polish-fmcg")


def test_there_is_a_play_for_every_blueprint():
    assert {*PLAYS, "nihr"} == set(blueprints.names())
    listed = CliRunner().invoke(app, ["demo", "--list"]).output
    assert {line.partition(":")[0] for line in listed.splitlines()} == {*PLAYS, "nihr"}


def test_a_play_that_there_is_not_is_refused_in_one_line(tmp_path):
    found = CliRunner().invoke(app, ["demo", "nobody", "--out", str(tmp_path / "out")])
    assert found.exit_code != 0
    assert "There is no play nobody: there are nihr, " in str(found.exception)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", SMALL)
async def test_what_is_particular_to_a_programme_is_found(name, tmp_path):
    assert await play(name, tmp_path, Console(quiet=True))
    for audience in ("programme_team", "public"):
        report = json.loads((tmp_path / f"report.{audience}.json").read_text())
        assert report["state"] == "ready"
        assert "</html>" in (tmp_path / f"report.{audience}.html").read_text()
