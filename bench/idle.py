"""What the system costs that nobody uses: `python -m bench.idle [seconds]` starts `mentoring up`, counts its CPU, and
writes docs/benchmarks/idle.md.

A process counts with its children. The figures are shares of one core; what else the machine does is not in them.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

from mentoring_allinone.entry import main as command

OUT = Path(__file__).resolve().parents[1] / "docs" / "benchmarks" / "idle.md"
SECONDS = 60.0
SETTLED_S = 20.0  # groups form, first looks are done


def _processes() -> Iterator[tuple[int, int, str, float]]:
    """(pid, parent, name, CPU seconds) of what runs here."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                head, _, rest = (folder / "stat").read_text().rpartition(")")
            except OSError:  # gone meanwhile
                continue
            fields = rest.split()
            cpu_s = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
            yield int(folder.name), int(fields[1]), head.partition("(")[2], cpu_s


def family(root: int) -> list[tuple[int, str, float]]:
    """(pid, part of the system, CPU seconds so far) of a process and all below it."""
    found = list(_processes())
    members, grown = {root}, True
    while grown:
        below = {pid for pid, parent, *_ in found if parent in members} - members
        members, grown = members | below, bool(below)
    return [
        (pid, "services" if pid == root else "broker" if "tansu" in name else name, cpu_s)
        for pid, _, name, cpu_s in found
        if pid in members
    ]


def cpu_of(root: int) -> dict[str, float]:
    """CPU seconds so far of a process and all below it, by name of the part."""
    parts: dict[str, float] = defaultdict(float)
    for _, part, cpu_s in family(root):
        parts[part] += cpu_s
    return parts


@asynccontextmanager
async def embedded(folder: Path, log: Path | None = None) -> AsyncIterator[int]:
    """`mentoring up` on a folder, as a process of its own; its pid."""
    with (log or Path(os.devnull)).open("wb") as said:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bench.idle", "--up", str(folder), stdout=asyncio.subprocess.DEVNULL, stderr=said
        )
    try:
        while not (folder / "address").exists():
            assert process.returncode is None, "it did not start"
            await asyncio.sleep(0.05)
        yield process.pid
    finally:
        process.terminate()
        await process.wait()


async def idle(seconds: float) -> dict[str, float]:
    """Shares of a core, in percent, over some seconds in which nobody calls."""
    with tempfile.TemporaryDirectory() as folder:
        async with embedded(Path(folder)) as pid:
            await asyncio.sleep(SETTLED_S)
            before = cpu_of(pid)
            await asyncio.sleep(seconds)
            after = cpu_of(pid)
            return {part: (after[part] - before.get(part, 0.0)) / seconds * 100 for part in after}


def page(shares: dict[str, float], seconds: float) -> str:
    """The shares in Markdown."""
    rows = "".join(f"| {part} | {share:.2f} % |\n" for part, share in sorted(shares.items(), key=lambda one: -one[1]))
    return (
        "# What the system costs that nobody uses\n\n"
        f"Written by `python -m bench.idle {seconds:.0f}`: CPU of `mentoring up` over {seconds:.0f} s in which nobody "
        "calls, in shares of one core.\n\n| part | share of a core |\n|---|---|\n"
        f"{rows}| in all | {sum(shares.values()):.2f} % |\n"
    )


def main() -> None:
    if sys.argv[1:2] == ["--up"]:
        sys.argv[1:] = ["up", "--data", sys.argv[2]]
        command()
        return
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    shares = asyncio.run(idle(seconds))
    for part, share in sorted(shares.items(), key=lambda one: -one[1]):
        sys.stdout.write(f"{part:12} {share:5.2f} % of a core\n")
    sys.stdout.write(f"{'in all':12} {sum(shares.values()):5.2f} % of a core\n")
    OUT.write_text(page(shares, seconds), encoding="utf-8")


if __name__ == "__main__":
    main()
