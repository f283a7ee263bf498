"""A recordings folder that a test fills line by line."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from core.settings import PbxSettings
from ingest.calls import Gathered, gather_calls
from models.vocabulary.call import Call
from models.vocabulary.deal import User
from models.vocabulary.files import Mark

IRINA = User("u101", "Ирина Соколова", ("101",), ("+7 (495) 000-11-01",))
PAVEL = User("u102", "Павел Дёмин", ("102",), ("8 916 000-00-12",))
DENIS = User("u104", "Денис Котов", ("104", "204"))
USERS = (IRINA, PAVEL, DENIS)

WAV = b"RIFF\x24\x08\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00@\x1f\x00\x00\x80>\x00\x00\x02\x00\x10\x00data\x00\x08\x00\x00"


class RecordingsFolder:
    """Files that a PBX would have left, each WAV with bytes of its own unless told otherwise."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._count = 0

    def wav(self, place: str, sound: bytes | None = None) -> Path:
        self._count += 1
        body = sound if sound is not None else self._count.to_bytes(4, "big") * 512
        return self.write(place, WAV + body)

    def write(self, place: str, content: bytes | str) -> Path:
        path = self.folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def sidecar(self, place: str, fields: Mapping[str, object]) -> Path:
        return self.write(place, json.dumps(fields, ensure_ascii=False))

    def cdr(self, *lines: str, place: str = "Master.csv") -> Path:
        return self.write(place, "".join(line + "\n" for line in lines))

    def touch(self, path: Path, timestamp: float) -> None:
        os.utime(path, (timestamp, timestamp))

    def gather(
        self,
        *,
        users: Sequence[User] = USERS,
        cdr: Path | None = None,
        whole: Mapping[str, Mark] | None = None,
        **pbx: object,
    ) -> Gathered:
        settings = PbxSettings.model_validate(pbx)
        return gather_calls(
            self.folder, pbx=settings, timezone="Europe/Moscow", users=users, cdr=cdr, whole=whole
        )

    def only_call(self, **settings: object) -> Call:
        (arrived,) = self.gather(**settings).arrived  # type: ignore[arg-type]  # keywords of gather
        return arrived.call


def cdr_row(
    source: str,
    target: str,
    channel: str,
    answered_by: str,
    *,
    start: str = "2026-08-12 10:15:30",
    answer: str = "2026-08-12 10:15:41",
    end: str = "2026-08-12 10:18:09",
    talk: int = 148,
    disposition: str = "ANSWERED",
    context: str = "from-internal",
    application: str = "Dial",
    uid: str = "1786518930.42",
    userfield: str = "",
    linked: str | None = None,
    missed: bool = False,
) -> str:
    """A line of Asterisk's Master.csv with unique id and user field."""
    if missed:
        answer, talk, disposition = "", 0, "NO ANSWER"
    line = (
        f'"","{source}","{target}","{context}","","{channel}","{answered_by}","{application}","",'
        f'"{start}","{answer}","{end}",159,{talk},"{disposition}","DOCUMENTATION","{uid}","{userfield}"'
    )
    return line + (f',"","{linked}",1' if linked else "")
