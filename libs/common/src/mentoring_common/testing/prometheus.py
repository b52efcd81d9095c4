"""A real Prometheus with given rules, which it does not wait with: whether a fault raises its alert."""

import os
import shutil
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import yaml

from mentoring_common import yaml_text
from mentoring_common.embedded.child_process import ChildProcess, free_port

EVERY = "1s"


class Prometheus:
    """Where it answers."""

    def __init__(self, url: str) -> None:
        self.url = url

    async def firing(self, alert: str) -> list[dict[str, Any]]:
        """The alerts of the name that are raised now; none while Prometheus is starting."""
        try:
            async with httpx.AsyncClient() as client:
                answer = await client.get(f"{self.url}/api/v1/alerts")
        except httpx.TransportError:
            return []
        if answer.status_code == 503:  # it is starting
            return []
        found = answer.json()["data"]["alerts"]
        return [one for one in found if one["labels"]["alertname"] == alert and one["state"] == "firing"]


def command() -> str | None:
    """Debian's package prometheus, where it is installed."""
    return shutil.which("prometheus")


@contextmanager
def prometheus(folder: Path, rules: Path, ports: Sequence[int]) -> Iterator[Prometheus]:
    """Prometheus with the rules but for their `for`, looking every second at the ports of this machine."""
    given = yaml_text.ours(rules.read_text("utf-8"))
    for rule in given["groups"][0]["rules"]:
        rule.pop("for")
    (folder / "rules.yaml").write_text(yaml.safe_dump(given))
    targets = [f"127.0.0.1:{port}" for port in ports]
    config = {
        "global": {"scrape_interval": EVERY, "evaluation_interval": EVERY},
        "rule_files": [str(folder / "rules.yaml")],
        "scrape_configs": [{"job_name": "mentoring", "static_configs": [{"targets": targets}]}],
    }
    (folder / "prometheus.yaml").write_text(yaml.safe_dump(config))
    port = free_port()
    started = [
        str(command()), f"--config.file={folder / 'prometheus.yaml'}", f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
    ]  # fmt: skip
    process = ChildProcess.spawn(started, stop_signal=signal.SIGKILL, log=folder / "log", environment=os.environ)
    try:
        yield Prometheus(f"http://127.0.0.1:{port}")
    finally:
        process.stop()
