"""`systemctl enable --now|start|stop|restart UNIT@INSTANCE…` for where no systemd runs: `python systemctl.py FOLDER …`.

FOLDER holds the unit as it was installed. What it starts is told what the unit says: its files of settings and its
command. A pid per instance lies beside it.
"""

import contextlib
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path


def start(folder, instance, unit):
    environment = {"PATH": os.environ["PATH"]}
    for name in re.findall(r"^EnvironmentFile=(.*)$", unit, re.M):
        for line in Path(name.replace("%i", instance)).read_text("utf-8").splitlines():
            key, _, value = line.partition("=")
            [environment[key]] = shlex.split(value)
    for line in re.findall(r"^Environment=(.*)$", unit, re.M):
        environment |= dict(one.split("=", 1) for one in shlex.split(line) if "%C" not in one)
    [command] = re.findall(r"^ExecStart=(.*)$", unit, re.M)
    words = [
        re.sub(r"\$\{(\w+)\}", lambda m: environment[m[1]], w) for w in shlex.split(command.replace("%i", instance))
    ]
    with (folder / f"{instance}.log").open("ab") as log:
        process = subprocess.Popen(words, env=environment, stdout=log, stderr=log, start_new_session=True)
    (folder / f"{instance}.pid").write_text(str(process.pid))


def stop(folder, instance):
    path = folder / f"{instance}.pid"
    if not path.exists():
        return
    pid = int(path.read_text())
    path.unlink()
    with contextlib.suppress(ProcessLookupError, FileNotFoundError):
        os.kill(pid, signal.SIGTERM)
        while Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z":
            time.sleep(0.05)


def main():
    folder, verb, *units = Path(sys.argv[1]), *sys.argv[2:]
    for name in units:
        if name.startswith("--"):
            continue
        template, _, instance = name.partition("@")
        unit = (folder / f"{template}@.service").read_text("utf-8")
        if verb in ("stop", "restart"):
            stop(folder, instance)
        if verb != "stop":
            start(folder, instance, unit)


if __name__ == "__main__":
    main()
