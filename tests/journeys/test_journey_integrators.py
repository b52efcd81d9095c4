"""docs/integrators.md does what it says: every command of its five minutes is run, in its order."""

import asyncio
import json
import os
import re
from pathlib import Path

import pytest

from mentoring_common.embedded.child_process import free_port
from mentoring_common.testing import eventually

# Whoever reads the page needs longer to paste a command than the sample's events need to arrive; a script does not.
SETTLED = """
before=; until now=$(call "$MENTORING/integrations/changes?limit=500" | member cursor) &&
  [[ $now == "$before" && $now =~ [1-9] ]]; do before=$now; sleep 1; done
"""
ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)


def commands(data):
    """The blocks, on ports and in a folder of the test's own."""
    text = (ROOT / "docs" / "integrators.md").read_text("utf-8")
    own = {"8000": str(free_port()), "8099": str(free_port())}
    own |= {name: f"{data}/{name}" for name in ("received.txt", "pairs.sqlite")}
    blocks = [
        re.sub("|".join(own), lambda m: own[m[0]], block).replace("var/", f"{data}/") for block in BLOCK.findall(text)
    ]
    return [re.sub(r"mentoring (up|token|sandbox \w+)\b", rf"mentoring \1 --data {data}", block) for block in blocks]


@pytest.fixture
async def installation(tmp_path):
    up, *others = commands(tmp_path)
    process = await asyncio.create_subprocess_shell(
        f"exec {up}", cwd=ROOT, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )

    async def is_up():
        assert process.returncode is None, "it did not start"
        return (tmp_path / "sample.json").exists()

    await eventually(is_up, within_s=120, what="the installation")
    yield others
    process.terminate()
    await process.wait()


async def test_five_minutes(installation):
    script = "set -euo pipefail\ntrap 'kill $(jobs -p)' EXIT\n" + "\necho; echo ----\n".join(
        [installation[0] + SETTLED, *installation[1:]]
    )
    process = await asyncio.create_subprocess_exec(
        "bash", "-c", script, cwd=ROOT, env=os.environ | {"PYTHONUNBUFFERED": "1"},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    async with asyncio.timeout(300):
        said, _ = await process.communicate()
    text = said.decode()
    assert process.returncode == 0, text[-4000:]
    _, first, made, both, _, sandbox, reset = text.split("----")
    assert first.count('"specversion"') == 3
    assert '"state":"active"' in made
    assert both.count("mentoring.applications.PersonChanged.v1") >= 3  # the feed, the receiver, the log
    assert '"state":"delivered"' in both
    # The key is told of its employer's people: of four, three took part. After a reset it is the same with others.
    for said, ids in ((sandbox, '"external_id":"S-4"'), (reset, '"state":"matched"')):
        assert ids in said
    before, after = (json.loads(said[said.index('{"items"') :])["items"] for said in (sandbox, reset))
    assert len(before) == 4
    assert len(after) >= 2
    assert not {one["id"] for one in before} & {who["person_id"] for pair in after for who in pair["people"]}
