"""Results are written whole or not at all, and the reason is told."""

from __future__ import annotations

import os
import resource
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from flow.output import check_writable, write_files
from models.vocabulary.errors import OutputError


def test_files_are_written_and_nothing_else_is_left(tmp_path: Path) -> None:
    json, html = tmp_path / "итог.json", tmp_path / "page.html"
    json.write_text("old", encoding="utf-8")
    check_writable(json)
    write_files({json: "{«новый»}\n", html: "<p>"})
    assert json.read_text(encoding="utf-8") == "{«новый»}\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["page.html", "итог.json"]


def test_a_new_file_may_be_read_by_whoever_the_umask_lets(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        write_files({tmp_path / "out.json": "x"})
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "out.json").stat().st_mode) == 0o644


def test_a_link_keeps_pointing_where_it_did(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    link = tmp_path / "latest.json"
    link.symlink_to(tmp_path / "kept" / "result.json")
    write_files({link: "new"})
    assert link.is_symlink()
    assert (tmp_path / "kept" / "result.json").read_text() == "new"


@pytest.mark.parametrize("place", ["no/such/folder/out.json", "", "file/out.json"])
def test_a_place_that_cannot_be_written_is_named_beforehand(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").touch()
    target = tmp_path / place
    with pytest.raises(OutputError, match=str(target)):
        check_writable(target)
    with pytest.raises(OutputError, match=str(target)):
        write_files({target: "x"})


def test_a_full_device_is_told() -> None:
    check_writable(Path("/dev/full"))
    with pytest.raises(OutputError, match=r"/dev/full: cannot be written.*disk has room"):
        write_files({Path("/dev/full"): "x"})


def test_standard_output_can_be_named_as_a_file() -> None:
    code = "from pathlib import Path; from flow.output import write_files; write_files({Path('/dev/stdout'): 'да'})"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, timeout=120
    )
    assert done.stdout.decode() == "да"


def test_when_one_file_does_not_fit_both_stay_as_they_were(tmp_path: Path) -> None:
    small, big = tmp_path / "small.json", tmp_path / "big.html"
    small.write_text("old", encoding="utf-8")
    kept = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, kept[1]))
    try:
        with pytest.raises(OutputError, match=r"big\.html: cannot be written"):
            write_files({small: "new", big: "x" * 1_000_000})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, kept)
        signal.signal(signal.SIGXFSZ, ignored)
    assert small.read_text(encoding="utf-8") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["small.json"]
