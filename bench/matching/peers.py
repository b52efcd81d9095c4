"""Peers: each in an environment of its own under build/bench-venv, asked in a separate process with JSON."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from textwrap import shorten
from typing import Any

import numpy as np

from mentoring_matching.engine import CharacterEmbedder, Mentee, Mentor, Situation, prepare, score_of

from .people import POLICY, generate
from .ways import score_table

HERE = Path(__file__).resolve().parent
ENVIRONMENTS = HERE.parents[1] / "build" / "bench-venv"
MEMORY_MB = 6_000


@dataclass(frozen=True, slots=True)
class Peer:
    """A library with the file of its pinned requirements and the program that asks it.

    Two of them call their package `matching`, so no environment can hold both.
    """

    name: str
    requirements: str
    program: str

    @property
    def python(self) -> Path:
        return ENVIRONMENTS / self.requirements / "bin" / "python"

    @property
    def versions(self) -> str:
        lines = (HERE / "requirements" / f"{self.requirements}.txt").read_text(encoding="utf-8").split()
        return ", ".join(line.replace("==", " ") for line in lines)


PEERS = (
    Peer("mentor-match", "mentor-match", "by_mentor_match.py"),
    Peer("matching (hospital-resident)", "matching", "by_matching.py"),
    Peer("OR-tools min-cost flow", "ortools", "by_ortools.py"),
)


class PeerFailure(Exception):
    """Why a peer gave no answer, in a few words for the table."""


@cache
def install(peer: Peer) -> None:
    """Make the peer's environment unless it is there. Raises `PeerFailure`."""
    done = ENVIRONMENTS / peer.requirements / ".installed"
    wanted = (HERE / "requirements" / f"{peer.requirements}.txt").read_text(encoding="utf-8")
    if done.exists() and done.read_text(encoding="utf-8") == wanted:
        return
    _run([sys.executable, "-m", "venv", "--clear", str(done.parent)], "no environment")
    pip = [str(peer.python), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    _run([*pip, "-r", str(HERE / "requirements" / f"{peer.requirements}.txt")], "cannot be installed")
    done.write_text(wanted, encoding="utf-8")


def _run(command: Sequence[str], failure: str) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=300)  # noqa: S603
    except (subprocess.SubprocessError, OSError):
        raise PeerFailure(failure) from None


def ask(peer: Peer, size: int, shape: str, seconds: float) -> dict[str, Any]:
    """CPU, wall, memory, matched, total of a peer's answer; the pairs are judged here. Raises `PeerFailure`."""
    install(peer)
    mentors, mentees = generate(size, shape)
    situation = prepare(mentors, mentees, POLICY, embedder=CharacterEmbedder())
    small = generate(20, shape)
    asked = {
        "memory_mb": MEMORY_MB,
        "small": _instance(prepare(*small, POLICY, embedder=CharacterEmbedder())),
        "instance": _instance(situation),
    }
    answer = _answer(peer, json.dumps(asked), seconds)
    pairs = [(mentor, mentee) for mentor, mentee in answer.pop("pairs")]
    _check(situation, pairs)
    return answer | {"matched": len(pairs), "total": score_of(situation, pairs), "proof": ""}


def _answer(peer: Peer, asked: str, seconds: float) -> dict[str, Any]:
    command = [str(peer.python), str(HERE / "peer_programs" / peer.program)]
    environment = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    try:
        done = subprocess.run(  # noqa: S603
            command, input=asked, env=environment, capture_output=True, text=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        raise PeerFailure(f"over {seconds:.0f} s") from None
    if done.returncode:
        raise PeerFailure(last_words(done.stderr))
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def last_words(stderr: str) -> str:
    """What a process that failed said last, in the width of a table."""
    lines = stderr.strip().splitlines() or ["without a word"]
    return f"fails: {shorten(lines[-1], 50, placeholder='…')}"


def _check(situation: Situation, pairs: Sequence[tuple[str, str]]) -> None:
    rows = np.array([situation.row[mentee] for _, mentee in pairs], dtype=np.int64)
    cols = np.array([situation.column[mentor] for mentor, _ in pairs], dtype=np.int64)
    full = np.bincount(cols, minlength=len(situation.mentors)) > situation.problem.capacity
    if full.any() or np.unique(rows).size < rows.size or not situation.problem.market.allowed(rows, cols).all():
        raise PeerFailure("breaks a rule or a capacity")


def _instance(situation: Situation) -> dict[str, Any]:
    """People in full, and for those that cannot score: the permitted pairs with their score and each mentee's worth."""
    units, allowed = score_table(situation)
    rows, cols = np.nonzero(allowed)
    return {
        "mentors": [{**_person(mentor), "capacity": mentor.capacity} for mentor in situation.mentors],
        "mentees": [{**_person(mentee), "preferred": mentee.preferred} for mentee in situation.mentees],
        "edges": {"rows": rows.tolist(), "cols": cols.tolist(), "units": units[rows, cols].tolist()},
        "worth": situation.problem.worth.tolist(),
    }


def _person(person: Mentor | Mentee) -> dict[str, Any]:
    plain = {
        name: sorted(value) if isinstance(value, frozenset) else value for name, value in person.attributes.items()
    }
    return {"id": person.id, "topics": dict(person.topics), **plain}
