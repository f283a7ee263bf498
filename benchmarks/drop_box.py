"""How fast uploads are received, beside OpenSSH's own server on the same machine.

python -m benchmarks.drop_box [--files N] [--connections N] [--kb N]

Sends the same files over the same number of connections with OpenSSH's `sftp`, first to sshd with
its sftp-server, then to `stagecheck sftp`, and counts what arrived whole. Both listen on loopback;
sshd is Debian's package openssh-server.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

KB = 1024
STARTS_S = 30.0
SSHD = "/usr/sbin/sshd"
MEMORY = re.compile(r"VmHWM:\s+(\d+) kB")


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


def whole_files(folder: Path, size: int) -> int:
    """How many files of this size lie in a folder."""
    return sum(1 for path in folder.rglob("*.wav") if path.stat().st_size == size)


def memory_mb(process: int) -> float:
    """The most memory that a process held."""
    found = MEMORY.search(Path(f"/proc/{process}/status").read_text())
    return int(found[1]) / KB if found else 0.0


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
    seconds = send(server, load.key, write_batches(load, server.target))
    until = time.monotonic() + STARTS_S
    size = load.sample.stat().st_size
    while (whole := whole_files(server.arrived, size)) < load.files and time.monotonic() < until:
        time.sleep(0.1)
    return Burst(seconds, whole, memory_mb(server.process))


def main() -> None:
    """Prints both servers' figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=5000)
    parser.add_argument("--connections", type=int, default=20)
    parser.add_argument("--kb", type=int, default=400)
    chosen = parser.parse_args()
    if not Path(SSHD).exists():
        raise SystemExit(f"{SSHD} is not there: install Debian's openssh-server.")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        key, sample = folder / "key", folder / "sample.wav"
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
        sample.write_bytes(os.urandom(chosen.kb * KB))
        load = Load(folder, key, sample, chosen.files, chosen.connections)
        speeds = []
        for serve in (openssh, drop_box):
            with serve(folder, key) as server:
                made = burst(server, load)
            speed = chosen.files * chosen.kb / KB / made.seconds
            speeds.append(speed)
            print(
                f"{server.name}: {made.whole} of {chosen.files} whole, {made.seconds:.1f} s, "
                f"{speed:.0f} MB/s, {chosen.files / made.seconds:.0f} files/s, "
                f"{made.memory_mb:.0f} MB of memory"
            )
            shutil.rmtree(server.arrived)
        print(f"ours at {speeds[1] / speeds[0]:.2f} of OpenSSH's speed")


if __name__ == "__main__":
    main()
