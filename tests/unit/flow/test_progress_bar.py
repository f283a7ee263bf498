"""Progress is shown on a terminal and nowhere else."""

from __future__ import annotations

import io
import sys

import pytest
from rich.console import Console
from rich.progress import Progress, TextColumn

from flow.watch import Bar, Nobody, watching


def bar() -> tuple[Bar, Progress]:
    console = Console(file=io.StringIO(), force_terminal=True, width=100)
    progress = Progress(TextColumn("{task.description}"), console=console, auto_refresh=False)
    return Bar(progress), progress


def test_the_bar_counts_calls_and_parts_of_calls() -> None:
    watch, progress = bar()
    watch.begin(2)
    watch.heard(0.5)
    assert progress.tasks[0].completed == 0.5
    watch.done(60.0)
    watch.heard(0.25)
    assert progress.tasks[0].completed == 1.25
    assert progress.tasks[0].fields["speed"].endswith("× real time")
    watch.done(0.0)
    assert progress.tasks[0].finished
    progress.stop()


def test_nothing_to_transcribe_shows_no_bar() -> None:
    watch, progress = bar()
    watch.begin(0)
    watch.done(1.0)
    assert progress.tasks == []


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_the_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    monkeypatch.setenv("TERM", "xterm")
    with watching() as watch:
        assert isinstance(watch, Bar)
        watch.begin(3)
        watch.done(10.0)
    assert "1/3 calls" in terminal.getvalue()


def test_a_file_gets_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", file := io.StringIO())
    with watching() as watch:
        assert isinstance(watch, Nobody)
        watch.begin(3)
        watch.heard(0.5)
        watch.done(10.0)
    assert file.getvalue() == ""
