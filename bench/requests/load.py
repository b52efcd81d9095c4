"""A load generator: so many connections, one request after the other on each, latencies and refusals noted."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class Load:
    """What came of a load: a latency in seconds for every answer, and how many were not 2xx."""

    latencies: list[float] = field(default_factory=list)
    refused: int = 0

    def percentile(self, share: float) -> float:
        """The latency, in milliseconds, that this share of the answers did not exceed."""
        return sorted(self.latencies)[int(share * (len(self.latencies) - 1))] * 1000


def request(method: str, path: str, token: str, body: bytes = b"") -> bytes:
    """One HTTP/1.1 request as bytes."""
    head = f"{method} {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n"
    if body:
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


async def drive(port: int, requests: Iterator[bytes], connections: int) -> Load:
    """Send every request once, `connections` at a time, to 127.0.0.1."""
    load = Load()
    await asyncio.gather(*(_one(port, requests, load) for _ in range(connections)))
    return load


async def _one(port: int, requests: Iterator[bytes], load: Load) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for wanted in requests:
        began = time.perf_counter()
        writer.write(wanted)
        head = await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(_length(head))
        load.latencies.append(time.perf_counter() - began)
        load.refused += not head.startswith(b"HTTP/1.1 2")
    writer.close()


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return 0


def main() -> None:
    """`python -m bench.requests.load PORT CONNECTIONS`: drives the requests on standard input, a JSON list of texts."""
    port, connections = map(int, sys.argv[1:])
    wanted = [one.encode() for one in json.load(sys.stdin)]
    load = asyncio.run(drive(port, iter(wanted), connections))
    json.dump({"latencies": load.latencies, "refused": load.refused}, sys.stdout)


if __name__ == "__main__":
    main()
