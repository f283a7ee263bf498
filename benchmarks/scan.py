"""How long a large recordings folder takes to look through, to watch and to make calls of.

python -m benchmarks.scan [--files N] [--kb N] [--flat] [--folder DIR]

Builds a folder as FreePBX leaves it (day folders, `--flat`: one folder) with its Master.csv, then
measures: the first scan, which reads every byte; a scan of the unchanged folder; one look of the
watch, which `stagecheck up` takes every ten seconds; and all that makes calls of files and rows.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

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


def _row(
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


def timed(what: str, work: Callable[[], object]) -> None:
    """Prints what a piece of work costs."""
    began, began_cpu = time.monotonic(), time.process_time()
    work()
    print(
        f"{what}: {time.monotonic() - began:.2f} s, {time.process_time() - began_cpu:.2f} s of CPU"
    )
