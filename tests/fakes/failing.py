"""Ears for processes of their own, and processes that kill themselves at a given step."""

from __future__ import annotations

import fcntl
import functools
import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any

_STEPS = "kill"


def install(folder: str) -> None:
    """Replaces the speech engine, and arms the steps that the folder's file names."""
    place = Path(folder)
    armed = _armed(place)
    import sys

    sys.meta_path.insert(0, _Finder(place, armed))


class _Finder(MetaPathFinder):
    """Changes a module of ours right after it was loaded."""

    def __init__(self, folder: Path, armed: Mapping[str, list[tuple[str, str]]]) -> None:
        self._folder, self._armed = folder, armed

    def find_spec(self, name: str, path: Any, target: Any = None) -> ModuleSpec | None:
        if name not in {"flow.run", "classify.hear"} and name not in self._armed:
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = _Loader(spec.loader, self._changed)
        return spec

    def _changed(self, module: ModuleType) -> None:
        if module.__name__ == "flow.run":
            vars(module)["whisper"] = lambda _speech: _engine(self._folder)
        if module.__name__ == "classify.hear" and "STAGECHECK_TEST_HEARS_QUICKLY" in os.environ:
            vars(module)["hear"] = _hear_quickly
        for function, when in self._armed.get(module.__name__, ()):
            step = f"{module.__name__}:{function}:{when}"
            vars(module)[function] = _deadly(
                getattr(module, function), self._folder, step, before=when == "before"
            )


class _Loader(Loader):
    def __init__(self, loader: Loader, change: Callable[[ModuleType], None]) -> None:
        self._loader, self._change = loader, change

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._loader.exec_module(module)
        self._change(module)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)


def _hear_quickly(segments: Sequence[Any], context: Any) -> Any:
    """Hears an agreed meeting where there is a yes: the action engine takes seconds to begin."""
    from models.vocabulary.action import Action, ActionStatus, ActionType, HeardCall, Outcome

    agreed = [one for one in segments if "договорились" in one.text]
    met, done = ActionType.MEETING_BOOKED, ActionStatus.DONE
    when = {"datetime": f"{context.started_at.date()}T15:00:00+03:00"}
    actions = [
        Action(met, done, one.speaker, one.text, 0.9, one.start, one.end, when) for one in agreed
    ]
    return HeardCall(Outcome.CONVERSATION, tuple(actions))


def _engine(folder: Path) -> Any:
    from tests.fakes.office import SCRIPTS
    from tests.fakes.transcriber import FakeTranscriber

    return FakeTranscriber(SCRIPTS, before=functools.partial(_before, folder))


def _before(folder: Path, seconds: int) -> None:
    with (folder / "heard").open("a") as heard:
        heard.write(f"{seconds} {os.getpid()}\n")
    time.sleep(float(os.environ.get("STAGECHECK_TEST_SECONDS", "0")))
    once = folder / f"die-{seconds}-once"
    if once.exists():
        once.unlink()
        os.kill(os.getpid(), signal.SIGKILL)
    if (folder / f"die-{seconds}").exists():
        os.kill(os.getpid(), signal.SIGKILL)
    while (folder / f"wait-{seconds}").exists():
        time.sleep(0.02)


def _armed(folder: Path) -> dict[str, list[tuple[str, str]]]:
    armed: dict[str, list[tuple[str, str]]] = {}
    file = folder / _STEPS
    for line in file.read_text().splitlines() if file.exists() else ():
        module, function, when = line.split(":")
        armed.setdefault(module, []).append((function, when))
    return armed


def _deadly(
    function: Callable[..., Any], folder: Path, step: str, *, before: bool
) -> Callable[..., Any]:
    @functools.wraps(function)
    def called(*args: Any, **kwargs: Any) -> Any:
        if before:
            _die_once(folder, step)
        result = function(*args, **kwargs)
        if not before:
            _die_once(folder, step)
        return result

    return called


def _die_once(folder: Path, step: str) -> None:
    """Takes the step out of the file and ends this process, unless another one has."""
    with (folder / _STEPS).open("r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        left = file.read().splitlines()
        if step not in left:
            return
        left.remove(step)
        file.seek(0)
        file.truncate()
        file.write("".join(f"{line}\n" for line in left))
        file.flush()
    os.kill(os.getpid(), signal.SIGKILL)
