"""Processes that end with the one that started them, however that one ends."""

from __future__ import annotations

import ctypes
import os
import signal

_PARENT = "STAGECHECK_PARENT"
_PR_SET_PDEATHSIG = 1


def child_environment() -> dict[str, str]:
    """The environment of a process that is to end with this one."""
    return {**os.environ, _PARENT: str(os.getpid())}


def is_child() -> bool:
    """Whether another process of stagecheck started this one."""
    return _PARENT in os.environ


def end_with_parent() -> None:
    """Has the system kill this process when the one that started it as its child is gone.

    Whoever starts anew takes all work in hand for free.
    """
    parent = os.environ.get(_PARENT)
    if parent is None:
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != int(parent):  # it was gone before we asked
        os.kill(os.getpid(), signal.SIGKILL)
