"""The command as its user meets it: one line and exit status 2 for what the user can mend."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

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


@pytest.fixture
def up(tmp_path):
    """Starts the stack on one folder as often as it is called; its address."""
    running = []

    def start():
        process = subprocess.Popen(
            [COMMAND, "up", "--data", str(tmp_path)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        running.append(process)
        for line in process.stdout:
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
    assert httpx.post(f"{address}/applications/organisations", json=body, headers=headers).status_code == 201
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=30) == 0
    assert "mentoring up" in one_line(run("token", "--scope", "platform:admin", "--data", str(tmp_path)))
    started = time.monotonic()
    process, address = up()
    again = httpx.post(f"{address}/applications/organisations", json=body, headers=headers)
    assert (again.status_code, again.json()["code"]) == (409, "slug_taken")
    assert time.monotonic() - started < 60
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=30) == 0
