"""How fast uploads are received, beside OpenSSH's own server on the same machine.

python -m benchmarks.drop_box [--files N] [--connections N] [--kb N] [--runs N]

Sends the same files over the same number of connections with OpenSSH's `sftp` to sshd with its
sftp-server and to `stagecheck sftp`, in turns, and counts what arrived whole, by hash. Both listen
on loopback; sshd is Debian's package openssh-server. What arrived stays until all is over, and
lies on the disk before the next burst, so that none pays for what another left behind.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

KB = 1024
STARTS_S = 30.0
SSHD = "/usr/sbin/sshd"
LOOKS_S = 0.5
SHARE = re.compile(r"^Pss:\s+(\d+) kB", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Server:
    """A server that listens: whom to log in as, where its files arrive, its process."""

    name: str
    port: int
    user: str
    target: str
    arrived: Path
    process: int


@dataclass(frozen=True, slots=True)
class Load:
    """What is sent: so many copies of a sample over so many connections."""

    folder: Path
    key: Path
    sample: Path
    files: int
    connections: int


@dataclass(frozen=True, slots=True)
class Burst:
    """What came of one burst."""

    seconds: float
    whole: int
    memory_mb: float
    processes: int
    cpu_s: float


def send(server: Server, key: Path, batches: Sequence[Path]) -> float:
    """Sends all batches at once, one connection each; gives the seconds that it took."""
    began = time.monotonic()
    with ThreadPoolExecutor(len(batches)) as pool:
        list(pool.map(partial(_send_batch, server, key), batches))
    return time.monotonic() - began


def _send_batch(server: Server, key: Path, batch: Path) -> None:
    options = ["-i", str(key), "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no"]
    options += ["-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR"]
    subprocess.run(
        [
            "sftp",
            "-q",
            *options,
            "-P",
            str(server.port),
            "-b",
            str(batch),
            f"{server.user}@127.0.0.1",
        ],
        check=True,
        stdout=subprocess.DEVNULL,
    )


def write_batches(load: Load, target: str) -> list[Path]:
    """A batch of commands for each connection."""
    batches = []
    for number in range(load.connections):
        mine = range(number, load.files, load.connections)
        lines = [f"put {load.sample} {target}/{at:06d}.wav" for at in mine]
        batch = load.folder / f"batch-{number}"
        batch.write_text("\n".join(lines) + "\n")
        batches.append(batch)
    return batches


def whole_files(folder: Path, sample: Path) -> int:
    """How many files in a folder are the sample, byte for byte."""
    wanted = _hash(sample)
    return sum(1 for path in folder.rglob("*.wav") if _hash(path) == wanted)


def _hash(path: Path) -> bytes:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").digest()


class Memory:
    """The most memory that a process and its descendants held together.

    What processes share is counted once: each has its share of it (Pss in proc(5)).
    """

    def __init__(self, process: int) -> None:
        self._process = process
        self._over = threading.Event()
        self._looking = threading.Thread(target=self._look)
        self.most_mb = 0.0
        self.processes = 0

    def __enter__(self) -> Memory:
        self._looking.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._looking.join()

    def _look(self) -> None:
        while not self._over.wait(LOOKS_S):
            shares = [_share_kb(one) for one in _family(self._process)]
            self.most_mb = max(self.most_mb, sum(shares) / KB)
            self.processes = max(self.processes, len(shares))


def _family(process: int) -> Iterator[int]:
    yield process
    try:
        for task in Path(f"/proc/{process}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from _family(int(child))
    except OSError:
        return  # it ended meanwhile


def cpu_s(process: int) -> float:
    """Seconds of a core that a process, its descendants and those of them that ended used."""
    ticks = 0
    for one in _family(process):
        try:
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended meanwhile
        ticks += sum(int(field) for field in fields[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")


def _share_kb(process: int) -> int:
    try:
        found = SHARE.search(Path(f"/proc/{process}/smaps_rollup").read_text())
    except OSError:
        return 0
    return int(found[1]) if found else 0


@contextmanager
def openssh(folder: Path, key: Path) -> Iterator[Server]:
    """OpenSSH's server with its external sftp-server, for the user of this process."""
    host_key, config = folder / "host", folder / "sshd_config"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(host_key)], check=True)
    keys = folder / "keys"
    shutil.copy(f"{key}.pub", keys)
    port = 22999
    config.write_text(
        f"ListenAddress 127.0.0.1\nPort {port}\nHostKey {host_key}\nPidFile none\n"
        f"AuthorizedKeysFile {keys}\nStrictModes no\nUsePAM no\nPermitRootLogin yes\n"
        "MaxStartups 200\nSubsystem sftp /usr/lib/openssh/sftp-server\n"
    )
    Path("/run/sshd").mkdir(exist_ok=True)
    arrived = folder / "sshd-files"
    arrived.mkdir()
    process = subprocess.Popen([SSHD, "-D", "-e", "-f", str(config)], stderr=subprocess.DEVNULL)
    try:
        time.sleep(1)
        user = os.environ.get("USER", "root")
        yield Server("OpenSSH sftp-server", port, user, str(arrived), arrived, process.pid)
    finally:
        process.terminate()
        process.wait()


@contextmanager
def drop_box(folder: Path, key: Path) -> Iterator[Server]:
    """Ours, as its users start it."""
    state = folder / "state"
    ours = [sys.executable, "-m", "flow.cli"]
    subprocess.run(
        [*ours, "sftp-account", "pbx", "--key", f"{key}.pub", "--state", str(state)],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    process = subprocess.Popen(
        [*ours, "sftp", "--host", "127.0.0.1", "--port", "0", "--state", str(state)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1", "STAGECHECK_SFTP__FREE_MB": "1"},
    )
    try:
        told = process.stdout.readline() if process.stdout else ""
        found = re.search(r":(\d+) ", told)
        if not found:
            raise SystemExit(f"stagecheck sftp did not start: {told}")
        arrived = state / "inbox" / "pbx" / "received"
        yield Server("stagecheck sftp", int(found[1]), "pbx", "", arrived, process.pid)
    finally:
        process.terminate()
        process.wait()


def burst(server: Server, load: Load) -> Burst:
    """One burst at one server."""
    os.sync()
    before = cpu_s(server.process)
    with Memory(server.process) as memory:
        seconds = send(server, load.key, write_batches(load, server.target))
    used = cpu_s(server.process) - before
    until = time.monotonic() + STARTS_S
    while (
        whole := whole_files(server.arrived, load.sample)
    ) < load.files and time.monotonic() < until:
        time.sleep(0.1)
    return Burst(seconds, whole, memory.most_mb, memory.processes, used)


def compare(load: Load, run: int) -> float:
    """A burst at each server; gives our speed as a part of OpenSSH's."""
    speeds = {}
    mb = load.files * load.sample.stat().st_size / KB / KB
    servers = (openssh, drop_box)
    for serve in servers[:: -1 if run % 2 else 1]:
        folder = load.folder / f"{run}-{serve.__name__}"
        folder.mkdir()
        with serve(folder, load.key) as server:
            made = burst(server, load)
        speeds[serve] = mb / made.seconds
        print(
            f"{server.name}: {made.whole} of {load.files} whole, {made.seconds:.1f} s, "
            f"{speeds[serve]:.0f} MB/s, {load.files / made.seconds:.0f} files/s, "
            f"{made.memory_mb:.0f} MB of memory in {made.processes} processes, "
            f"{made.cpu_s:.1f} s of a core"
        )
    return speeds[drop_box] / speeds[openssh]


def main() -> None:
    """Prints both servers' figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=5000)
    parser.add_argument("--connections", type=int, default=20)
    parser.add_argument("--kb", type=int, default=400)
    parser.add_argument("--runs", type=int, default=1)
    chosen = parser.parse_args()
    if not Path(SSHD).exists():
        raise SystemExit(f"{SSHD} is not there: install Debian's openssh-server.")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        key, sample = folder / "key", folder / "sample.wav"
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
        sample.write_bytes(os.urandom(chosen.kb * KB))
        load = Load(folder, key, sample, chosen.files, chosen.connections)
        parts = [compare(load, run) for run in range(chosen.runs)]
    told = ", ".join(f"{part:.2f}" for part in parts)
    middle = f" (in the middle {median(parts):.2f})" if len(parts) > 1 else ""
    print(f"ours at {told} of OpenSSH's speed{middle}")


if __name__ == "__main__":
    main()
