"""The command as its user meets it: one line and exit status 2 for what the user can mend."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from mentoring_allinone.scopes import SCOPES

SOURCES = [*(Path(__file__).parents[3] / "services").glob("*/src/**/*.py")]
SCOPE = re.compile(r"Allow\([^)]*?\"([a-z]+:[a-z]+)\"")
COMMAND = Path(sys.executable).with_name("mentoring")


def run(*arguments, **options):
    return subprocess.run([COMMAND, *arguments], capture_output=True, text=True, timeout=240, **options)


def one_line(done):
    assert done.returncode == 2, done.stderr
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("mentoring: ")
    return lines[0]


def test_a_port_in_use_says_what_to_do(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        line = one_line(run("up", "--data", str(tmp_path), "--port", str(taken.getsockname()[1])))
    assert "--port" in line


@pytest.mark.parametrize("command", [["up", "--data"], ["demo", "--out"]])
def test_both_take_a_broker_of_ones_own_and_say_where_it_is_not(tmp_path, command):
    line = one_line(run(*command, str(tmp_path / "folder"), "--kafka", "127.0.0.1:1"))
    assert "leave --kafka out" in line


def test_a_folder_that_cannot_be_written_says_what_to_do(tmp_path):
    file = tmp_path / "file"
    file.write_text("")
    assert "--data" in one_line(run("up", "--data", str(file / "below")))


@pytest.mark.parametrize(("name", "remedy"), [("secrets.json", "--data"), ("issuer-key.json", "remove it")])
@pytest.mark.parametrize("content", ["", '{"master_key": "AA', "[]", "{}"])
def test_a_broken_file_of_the_data_folder_says_what_to_do(tmp_path, name, remedy, content):
    (tmp_path / name).write_text(content)
    line = one_line(run("up", "--data", str(tmp_path)))
    assert name in line
    assert remedy in line


def test_a_folder_of_results_that_cannot_be_written_says_what_to_do(tmp_path):
    file = tmp_path / "file"
    file.write_text("")
    assert "--out" in one_line(run("demo", "--out", str(file / "below")))


@pytest.mark.parametrize("arguments", [["nonsense"], ["up", "--port", "99999"], ["token"], ["up", "--nonsense"]])
def test_what_the_command_does_not_know_is_named(arguments):
    assert "mentoring --help" in one_line(run(*arguments))


def test_a_token_without_a_running_stack_says_what_to_do(tmp_path):
    assert "mentoring up" in one_line(run("token", "--scope", "platform:admin", "--data", str(tmp_path)))


def test_a_missing_part_says_what_to_do(tmp_path):
    (tmp_path / "uvloop.py").write_text("raise ModuleNotFoundError('gone', name='uvloop')")
    line = one_line(run("up", env=os.environ | {"PYTHONPATH": str(tmp_path)}))
    assert "make install" in line


def test_a_scope_that_is_none_is_refused_with_the_nearest(tmp_path):
    line = one_line(run("token", "--scope", "aplications:wirte", "--data", str(tmp_path)))
    assert "applications:write" in line


def test_the_documented_scopes_are_those_that_there_are():
    page = (Path(__file__).parents[3] / "docs" / "who-may-what.md").read_text("utf-8")
    assert dict(re.findall(r"^\| `([a-z]+:[a-z]+)` \| (.+) \|$", page, re.MULTILINE)) == SCOPES
    asked = {scope for path in SOURCES for scope in SCOPE.findall(path.read_text("utf-8"))}
    assert asked <= set(SCOPES), "a route asks for a scope that nobody is told of"
    assert {"platform:admin", "evaluation:write"} <= asked, "the search finds them"


def test_an_address_that_nobody_answers_at_says_what_to_do(tmp_path):
    with socket.socket() as gone:
        gone.bind(("127.0.0.1", 0))
        (tmp_path / "address").write_text(f"http://127.0.0.1:{gone.getsockname()[1]}")
    assert "mentoring up" in one_line(run("token", "--scope", "platform:admin", "--data", str(tmp_path)))


@pytest.fixture
def up(tmp_path):
    """Starts the stack on one folder as often as it is called; its address."""
    running = []

    def start(*options):
        process = subprocess.Popen(
            [COMMAND, "up", "--data", str(tmp_path), *options],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        running.append(process)
        process.said = []
        for line in process.stdout:
            process.said.append(line)
            if line.startswith("Ctrl-C"):
                break
        return process, (tmp_path / "address").read_text()

    yield start
    for process in running:
        if process.poll() is None:
            process.kill()
            process.wait()


def test_a_second_start_finds_the_data_again(up, tmp_path):
    process, address = up()
    token = run("token", "--scope", "platform:admin", "--data", str(tmp_path)).stdout.strip()
    headers = {"Authorization": f"Bearer {token}"}
    body = {"name": "Kept", "slug": "kept"}
    assert httpx.post(f"{address}/v1/applications/organisations", json=body, headers=headers).status_code == 201
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=30) == 0
    assert "mentoring up" in one_line(run("token", "--scope", "platform:admin", "--data", str(tmp_path)))
    started = time.monotonic()
    process, address = up()
    again = httpx.post(f"{address}/v1/applications/organisations", json=body, headers=headers)
    assert (again.status_code, again.json()["code"]) == (409, "slug_taken")
    assert time.monotonic() - started < 60
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=30) == 0


def test_a_reader_applies_to_the_sample_at_once_and_all_is_there_after_a_kill(up, tmp_path):
    process, address = up("--sample")
    sample = json.loads((tmp_path / "sample.json").read_text())
    assert any(sample["programme"] in line for line in process.said)
    events = next(line for line in process.said if line.startswith("  events"))
    mine = ("--tenant", sample["tenant"], "--subject", sample["applicant"], "--data", str(tmp_path))
    token = run("token", "--scope", "applications:write", *mine).stdout.strip()
    body = {"role": "mentee", "cohort_id": sample["cohort"], "answers": {}, "consents": {}}
    path = f"{address}/v1/applications/programmes/{sample['programme']}/applications"
    answer = httpx.post(path, json=body, headers={"Authorization": f"Bearer {token}"})
    assert answer.json()["code"] == "consent_needed", "the window is open, and the form asks what it asks"
    process.kill()
    process.wait()
    assert "mentoring up" in one_line(run("token", "--scope", "platform:admin", "--data", str(tmp_path)))
    process, _ = up("--sample")
    assert json.loads((tmp_path / "sample.json").read_text()) == sample
    assert events in process.said, "integrators find the events where they were"


HEAVY = ("numpy", "scipy", "numba", "typst", "altair", "polars", "fastapi", "starlette", "sqlalchemy", "aiokafka",
         "strawberry", "structlog", "mentoring_matching.engine", "mentoring_allinone.stack")  # fmt: skip
SMALL = (
    ["--help"],
    ["match", "--help"],
    ["blueprint", "check", str(Path(__file__).parents[3] / "blueprints/nihr.yaml")],
    ["blueprint", "new", "ours", "--out", "{folder}/ours.yaml"],
    ["token", "--scope", "sessions:read", "--data", "{folder}"],
)
LOADED = """
import sys
from mentoring_allinone.entry import main
sys.argv = ["mentoring", *sys.argv[2:]]
try:
    main()
finally:
    open({where!r}, "w").write(" ".join(sys.modules))
"""


@pytest.mark.parametrize("command", SMALL, ids=" ".join)
def test_small_commands_load_no_service(tmp_path, command):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        (tmp_path / "address").write_text(f"http://127.0.0.1:{listening.getsockname()[1]}")
        program = LOADED.format(where=str(tmp_path / "loaded"))
        arguments = [part.format(folder=tmp_path) for part in command]
        done = subprocess.run(
            [sys.executable, "-c", program, "--", *arguments], capture_output=True, text=True, timeout=240
        )
    assert done.returncode == 0, done.stderr
    assert set(HEAVY) & set((tmp_path / "loaded").read_text().split()) == set()
