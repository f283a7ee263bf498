"""Marks of the files being written: one session has a file, whatever process it is in."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from ingest.sftp.writing import Writing

A, B = PurePosixPath("/a.wav"), PurePosixPath("/night/b.wav")
TAKER = """
import sys
from pathlib import Path, PurePosixPath
from ingest.sftp.writing import Writing
print(Writing(Path(sys.argv[1])).take(PurePosixPath(sys.argv[2])), flush=True)
sys.stdin.read()
"""


@contextmanager
def elsewhere(box: Path, place: PurePosixPath) -> Iterator[tuple[bool, subprocess.Popen[str]]]:
    """Another process that tries to mark a file, and lives on."""
    with subprocess.Popen(
        [sys.executable, "-c", TAKER, str(box), str(place)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline() == "True\n", process
        finally:
            process.kill()


def test_one_session_of_a_process_has_a_file(tmp_path: Path) -> None:
    writing = Writing(tmp_path)
    assert writing.take(A)
    assert not writing.take(A)
    assert writing.take(B)
    writing.free(A)
    assert writing.take(A)


def test_one_process_has_a_file(tmp_path: Path) -> None:
    writing = Writing(tmp_path)
    assert writing.take(A)
    with elsewhere(tmp_path, A) as (taken, _):
        assert not taken
    with elsewhere(tmp_path, B) as (taken, _):
        assert taken
        assert not writing.take(B)


def test_a_process_that_is_killed_leaves_no_mark(tmp_path: Path) -> None:
    writing = Writing(tmp_path)
    with elsewhere(tmp_path, A) as (taken, process):
        assert taken
        assert not writing.take(A)
        process.kill()
        process.wait(60)
        assert writing.take(A)


def test_a_rename_needs_both_names_and_leaves_neither_marked(tmp_path: Path) -> None:
    writing = Writing(tmp_path)
    with writing.both(A, B) as free:
        assert free
        assert not writing.take(A)
    assert writing.take(B)
    with writing.both(A, B) as free:
        assert not free
    assert writing.take(A)
    assert not writing.take(B)


def test_a_rename_onto_itself_is_one_mark(tmp_path: Path) -> None:
    with Writing(tmp_path).both(A, A) as free:
        assert free
