"""A person's traces on disk: recordings and sidecars, rows of tables, lines of logs, reports."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from ingest.kinds import HEAD_BYTES, FileKind, kind_of
from ingest.removal import files_below, recording_key
from ingest.sidecar import is_sidecar
from ingest.tables import delimiter_of, split_line
from models.vocabulary.traces import Traces, hushed

_LOGS = frozenset({".jsonl", ".log", ".txt"})
_LONGEST_SIDECAR = 1 << 20
_SHORTEST_NAME = 8  # a field of a table this long may be the name or the id of a recording
_CHUNK = 8 << 20
_PAGE = "Стадия в CRM и что было на самом деле"  # the head of every report of ours
_OVERLAP = 256


@dataclass(slots=True)
class Rewritten:
    """What became of texts: rows taken out of tables, logs and reports that were changed."""

    table_rows: int = 0
    logs: int = 0
    reports: int = 0
    named: set[str] = field(default_factory=set)  # what the removed rows call their recordings


def recordings_of(folders: Iterable[Path], traces: Traces, named: Collection[str]) -> list[Path]:
    """All files of recordings whose name, folder or sidecar names a person.

    Args:
        folders: where recordings lie; of a box each stage is a folder of its own.
        traces: who is looked for.
        named: names and ids of further recordings, as tables give them.
    """
    theirs: set[str] = set()
    by_key: dict[str, list[Path]] = {}
    for root in folders:
        for path in files_below(root):
            key = recording_key(path.relative_to(root).as_posix())
            by_key.setdefault(key, []).append(path)
            if _is_theirs(path, root, traces, named):
                theirs.add(key)
    return sorted(path for key in theirs for path in by_key[key] if path.suffix != ".csv")


def empty_folders(folders: Iterable[Path], traces: Traces) -> int:
    """Removes empty folders that are called after a person; gives how many."""
    removed = 0
    for root in folders:
        for here, _, _ in os.walk(root, topdown=False):
            path = Path(here)
            if path != root and traces.count(_shown(path.name)):
                with suppress(OSError):
                    path.rmdir()
                    removed += 1
    return removed


def without_rows(
    path: Path, traces: Traces, ids: Collection[str], done: Rewritten, *, write: bool
) -> None:
    """Writes a table anew without the rows that name a person or one of the calls `ids`.

    A reader finds the old table or the new one. Unless `write` it is only told what would go.

    Raises:
        OSError: it cannot be written; the old one stays.
    """
    text, encoding = _decoded(path.read_bytes())
    lines = text.splitlines(keepends=True)
    if not lines:
        return
    delimiter = delimiter_of(lines[0])
    kept = []
    for line in lines:
        fields = {one.strip() for one in split_line(line.rstrip("\r\n"), delimiter)}
        if traces.count(line) or fields & set(ids):
            done.named |= {one for one in map(_base, fields) if _may_name(one)}
            continue
        kept.append(line)
    done.table_rows += len(lines) - len(kept)
    if write and len(kept) < len(lines):
        _replace(path, "".join(kept).encode(encoding))


def clean_texts(folder: Path, spared: Collection[Path], traces: Traces, done: Rewritten) -> None:
    """Takes a person out of logs, and removes results and pages, which the next run makes anew.

    Raises:
        OSError: a file cannot be written.
    """
    for path in files_below(folder):
        if path in spared:
            continue
        suffix = path.suffix.casefold()
        if suffix in _LOGS:
            done.logs += _hush(path, traces)
        elif (suffix == ".html" and _is_page(path, traces)) or (
            suffix == ".json" and _is_result(path, traces)
        ):
            path.unlink(missing_ok=True)
            done.reports += 1


def search_files(folder: Path, traces: Traces) -> tuple[int, list[str]]:
    """Looks for a person in names of files and in all that is no sound.

    Gives how many files were looked at and the places where something was found, as paths with
    the person taken out.
    """
    looked, places = 0, []
    for path in files_below(folder):
        looked += 1
        shown = _shown(path)
        if traces.count(shown):
            places.append(f"name of {traces.without(shown)}")
        try:
            if not _is_sound(path) and _holds(path, traces):
                places.append(traces.without(shown))
        except OSError as error:
            places.append(f"{traces.without(shown)} could not be read ({error.strerror})")
    return looked, places


def _is_theirs(path: Path, root: Path, traces: Traces, named: Collection[str]) -> bool:
    if traces.count(_shown(path.relative_to(root))):
        return True
    if named and recording_key(f"/{path.name}").removeprefix("/") in named:
        return True
    if path.suffix.casefold() != ".json" and ".json" not in path.name.casefold():
        return False
    with suppress(OSError):
        if path.stat().st_size <= _LONGEST_SIDECAR:
            return _is_their_sidecar(path.read_bytes(), traces)
    return False


def _is_their_sidecar(data: bytes, traces: Traces) -> bool:
    text = data.decode("utf-8-sig", "replace")
    if not traces.count(text):
        return False
    try:
        return is_sidecar(json.loads(text))
    except (ValueError, RecursionError):
        return True  # a sidecar that is not whole yet


def _is_page(path: Path, traces: Traces) -> bool:
    text = path.read_text("utf-8", "replace")
    return _PAGE in text or traces.count(text) > 0


def _is_result(path: Path, traces: Traces) -> bool:
    try:
        text = path.read_text("utf-8-sig", "replace")
        document = json.loads(text)
    except (OSError, ValueError, RecursionError):
        return False
    is_ours = isinstance(document, dict) and {"version", "calls", "deals"} <= set(document)
    return is_ours or (traces.count(text) > 0 and is_sidecar(document))


def _hush(path: Path, traces: Traces) -> int:
    """Overwrites the places in a log, each by as many bytes: others go on writing at its end."""
    data = path.read_bytes()
    clean = hushed(data, traces)
    if clean == data:
        return 0
    with path.open("r+b") as log:
        log.write(clean)
        log.flush()
        os.fsync(log.fileno())
    return 1


def _is_sound(path: Path) -> bool:
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    text = path.suffix.casefold() in {".csv", ".json", ".jsonl", ".log", ".txt", ".html"}
    return not text and kind_of(head, path.stat().st_size, path.name) is FileKind.AUDIO


def _holds(path: Path, traces: Traces) -> bool:
    raw = traces.raw_forms()
    return any(
        any(form in chunk for form in raw) or any(traces.count(text) for text in _readings(chunk))
        for chunk in _chunks(path)
    )


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        before = b""
        while block := stream.read(_CHUNK):
            yield before + block
            before = block[-_OVERLAP:]


def _readings(data: bytes) -> Iterator[str]:
    yield data.decode("utf-8", "replace")
    if not data.isascii():
        yield data.decode("cp1251", "replace")
    if b"\x00" in data:
        yield data.decode("utf-16-le", "replace")


def _decoded(data: bytes) -> tuple[str, str]:
    """A table as text, and how it is written; as `ingest.tables.read_text` reads it."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16"), "utf-16"
    for encoding in ("utf-8-sig" if data.startswith(b"\xef\xbb\xbf") else "utf-8", "cp1251"):
        with suppress(UnicodeDecodeError):
            return data.decode(encoding), encoding
    return data.decode("latin-1"), "latin-1"


def _base(text: str) -> str:
    """The name of a recording in a field of a table (`audio:/var/x/name.wav`), without endings."""
    name = text.replace("\\", "/").rpartition("/")[2].removeprefix("audio:")
    return recording_key(f"/{name}").removeprefix("/")


def _may_name(name: str) -> bool:
    return len(name) >= _SHORTEST_NAME and any(character.isdigit() for character in name)


def _replace(path: Path, data: bytes) -> None:
    draft = path.with_name(f".{path.name}.forgetting.tmp")
    try:
        with draft.open("wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        shutil.copymode(path, draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _shown(path: Path | str) -> str:
    return os.fsencode(str(path)).decode("utf-8", "replace")
