"""How long a large recordings folder takes to look through, to watch and to make calls of.

python -m benchmarks.scan [--files N] [--kb N] [--flat] [--folder DIR]

Builds a folder as FreePBX leaves it (day folders, `--flat`: one folder) with its Master.csv, then
measures: the first scan, which reads every byte; a scan of the unchanged folder; one look of the
watch, which `stagecheck up` takes every ten seconds; and all that makes calls of files and rows.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

from sqlalchemy import Engine

from core.settings import PbxSettings
from core.watch_settings import WatchSettings
from flow.known_files import KeptFiles
from ingest.arrival import scan_folder
from ingest.calls import gather_calls
from ingest.watched import Watched
from models.session import open_database, sqlite_url
from models.vocabulary.deal import User

KB = 1024
A_DAY = 250
USERS = 30
FIRST = datetime(2026, 1, 5, 9, 0, 0)  # noqa: DTZ001 - names and ledger carry local times
EVERY = timedelta(seconds=100)


def build(folder: Path, files: int, kb: int, *, flat: bool) -> None:
    """Fills `folder`; of five recordings one is known by time and numbers only (3CX).

    The ledger has a missed call for each fifth as well.
    """
    lines = []
    for number in range(files):
        day, second = divmod(number, A_DAY)
        at = FIRST + timedelta(days=day) + EVERY * second
        uid = f"{1767600000 + number * 7}.{number}"
        client, extension = f"7916{number % 90_000:07d}", f"{101 + number % USERS}"
        named = number % 5
        name = f"external-{extension}-{client}-{at:%Y%m%d-%H%M%S}-{uid}.wav"
        if not named:
            name = f"[]_{client}-{extension}_{at:%Y%m%d%H%M%S}({number}).wav"
        where = folder if flat else folder / f"{at:%Y/%m/%d}"
        where.mkdir(parents=True, exist_ok=True)
        body = number.to_bytes(8, "big") * (kb * KB // 8)
        (where / name).write_bytes(_header(len(body)) + body)
        lines.append(_row(at, client, extension, uid, name if named else ""))
        if not named:
            missed = at + timedelta(seconds=50)
            lines.append(_row(missed, client, extension, f"{uid}9", "", missed=True))
    (folder / "Master.csv").write_text("".join(lines))


def _header(size: int) -> bytes:
    fmt = b"fmt \x10\0\0\0\x01\0\x01\0@\x1f\0\0\x80>\0\0\x02\0\x10\0"
    return (
        b"RIFF" + (36 + size).to_bytes(4, "little") + b"WAVE" + fmt
        + b"data" + size.to_bytes(4, "little")
    )  # fmt: skip


def _row(  # noqa: PLR0913 - one value per field that differs
    at: datetime, client: str, extension: str, uid: str, name: str, *, missed: bool = False
) -> str:
    answer = "" if missed else f"{at + timedelta(seconds=9)}"
    talk, word = (0, "NO ANSWER") if missed else (80, "ANSWERED")
    return (
        f'"","{client}","{extension}","from-trunk","","PJSIP/trunk-{uid}",'
        f'"PJSIP/{extension}-{uid}","Dial","","{at}","{answer}","{at + timedelta(seconds=89)}",'
        f'89,{talk},"{word}","DOCUMENTATION","{uid}","{name}"\n'
    )


def users() -> list[User]:
    """The office that the calls reach."""
    return [
        User(
            f"u{n}",
            f"Имя Фамилия {n}",
            (f"{101 + n}",),
            (f"+7 495 100-{n // 100:02d}-{n % 100:02d}",),
        )
        for n in range(USERS)
    ]


def timed(what: str, work: Callable[[], object], times: int = 1) -> None:
    """Prints what a piece of work costs each time."""
    began, began_cpu = time.monotonic(), time.process_time()
    for _ in range(times):
        work()
    took, cpu = time.monotonic() - began, time.process_time() - began_cpu
    print(f"{what}: {took / times:.3f} s, {cpu / times:.3f} s of CPU")


def measure(folder: Path, state: Path) -> None:
    """Prints what the folder costs."""
    timed("every file's times by pathlib's rglob, for comparison", lambda: swept(folder))
    database = open_database(sqlite_url(state / "scan.db"))
    timed("first scan: every byte read, what is known written down", lambda: scan(folder, database))
    timed("scan of the unchanged folder", lambda: scan(folder, database))
    timed("files and ledger made to calls, with that scan", lambda: gather(folder, database))
    database.dispose()
    watched, clock = Watched(folder, WatchSettings()), count(0, 10)
    timed("first look of the watch", lambda: watched.look(next(clock)))
    timed("second look: all become whole", lambda: watched.look(next(clock)))
    timed("look at a folder that is written to, mean of 10", lambda: watched.look(next(clock)), 10)
    later = count(10_000, 10)
    watched.look(next(later))
    timed("look at a folder left alone, mean of 30", lambda: watched.look(next(later)), 30)


def swept(folder: Path) -> int:
    """The newest time of any file."""
    return max(path.stat().st_mtime_ns for path in folder.rglob("*"))


def scan(folder: Path, database: Engine) -> None:
    """A scan as a run makes it."""
    known = KeptFiles(database, str(folder))
    scan_folder(folder, files=known)
    known.keep()


def gather(folder: Path, database: Engine) -> None:
    """All that a run does before it opens a recording."""
    known = KeptFiles(database, str(folder))
    pbx = PbxSettings()
    found = gather_calls(folder, pbx=pbx, timezone="Europe/Moscow", users=users(), files=known)
    print(f"{len(found.arrived)} recorded and {len(found.unrecorded)} other calls")


def main() -> None:
    """Builds the folder and prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=50_000)
    parser.add_argument("--kb", type=int, default=16)
    parser.add_argument("--flat", action="store_true", help="all files in one folder")
    parser.add_argument("--folder", type=Path, help="where the files are made; /tmp if not given")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=chosen.folder) as name:
        folder, state = Path(name, "monitor"), Path(name)
        folder.mkdir()
        build(folder, chosen.files, chosen.kb, flat=chosen.flat)
        print(f"{chosen.files} files of {chosen.kb} KB")
        time.sleep(2.1)  # what was written just now is not trusted
        measure(folder, state)


if __name__ == "__main__":
    main()
