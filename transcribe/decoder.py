"""Has recordings decoded by a process of their own, with limits of time and memory.

FFmpeg's decoders are C code that reads what strangers send. A file that crashes or hangs
them costs the decoder process, which is started anew, and is itself refused. One decoder per
process is kept, since starting it takes longer than decoding most calls.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from core.shown import shown_name
from models.vocabulary.errors import StagecheckError, UnusableRecordingError
from transcribe.decoder_process import MESSAGE_BYTES, PROGRESS
from transcribe.decoding import Decoded
from transcribe.rows import Samples, mapped

_ROOT = Path(__file__).resolve().parent.parent
_KEPT_VARIABLES = ("PATH", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "TMPDIR")
DECODER_KILLED = "decoder_killed"
_FAREWELL_S = 10.0
_SILENCE_S = 180.0
"""How long the decoder may say nothing: it waits for a disk, or for other processes."""


def decode_apart(path: Path, longest_s: float) -> tuple[Samples, Decoded]:
    """Decodes `path` in the decoder process; the samples have shape (channels, n) at 16 kHz.

    Raises:
        UnusableRecordingError: no sound is to be had from the file, or it crashed the decoder
            or took far longer than any recording.
        StagecheckError: the decoder process cannot be started.
    """
    with _lock:
        try:
            return _decoder.decode(path, longest_s)
        except _KilledError:  # by somebody else, not for what the file is
            return _decoder.decode(path, longest_s)


class _KilledError(UnusableRecordingError):
    """The decoder process was killed from outside."""


class _Decoder:
    """The decoder process of this process, started when it is first needed."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._channel: socket.socket | None = None

    def decode(self, path: Path, longest_s: float) -> tuple[Samples, Decoded]:
        channel = self._ready()
        no_memories: list[int] = []
        request = {"path": str(path.absolute()), "longest_s": longest_s}
        channel.settimeout(_SILENCE_S)
        try:
            channel.send(json.dumps(request).encode())
            reply, memories = PROGRESS, no_memories
            while reply == PROGRESS:
                reply, memories, _, _ = socket.recv_fds(channel, MESSAGE_BYTES, 1)
        except TimeoutError:
            self.stop(kill=True)
            raise _too_slow(path) from None
        except OSError:
            reply, memories = b"", no_memories
        if not reply:
            raise self._died(path)
        return _answer(json.loads(reply), memories)

    def stop(self, *, kill: bool = False) -> int:
        """Ends the process; gives its exit status."""
        if self._process is None or self._channel is None:
            return 0
        self._channel.close()
        if kill:
            self._process.kill()
        try:
            status = self._process.wait(_FAREWELL_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            status = self._process.wait()
        self._process = self._channel = None
        return status

    def forget(self) -> None:
        """Leaves the process to the one that this one was forked from."""
        if self._process is not None and self._channel is not None:
            self._channel.close()
            self._process.returncode = 0
        self._process = self._channel = None

    def _ready(self) -> socket.socket:
        if self._process is not None and self._process.poll() is not None:
            self.stop()
        if self._channel is None:
            self._channel, self._process = _started()
        return self._channel

    def _died(self, path: Path) -> UnusableRecordingError:
        status = self.stop()
        name = shown_name(path.name)
        if status == -signal.SIGXCPU:
            return _too_slow(path)
        if status in {-signal.SIGKILL, -signal.SIGTERM}:
            return _KilledError(
                DECODER_KILLED,
                f"{name}: the process that decodes was killed from outside, most likely for lack "
                "of memory; give the machine more and try again",
            )
        how = signal.Signals(-status).name if status < 0 else f"status {status}"
        return UnusableRecordingError(
            "decoder_crash",
            f"{name} crashes the decoder ({how}); have the telephone system send it again, "
            "or remove it",
        )


def _answer(reply: dict[str, Any], memories: list[int]) -> tuple[Samples, Decoded]:
    if "error" in reply:
        raise UnusableRecordingError(reply["error"], reply["detail"])
    decoded = Decoded(**reply | {"notes": tuple(reply["notes"])})
    [memory] = memories
    try:
        samples = mapped(memory, decoded.channels, decoded.samples, decoded.stride)
    finally:
        os.close(memory)
    return samples, decoded


def _started() -> tuple[socket.socket, subprocess.Popen[bytes]]:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    # No secrets of ours, one thread (its memory is counted), and the code that we run.
    environment = kept | {"PYTHONPATH": str(_ROOT), "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-P", "-m", "transcribe.decoder_process", str(theirs.fileno())]
    try:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            command,
            pass_fds=[theirs.fileno()],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    except OSError as error:
        ours.close()
        raise _no_decoder(error.strerror or str(error)) from error
    finally:
        theirs.close()
    if not ours.recv(MESSAGE_BYTES):
        ours.close()
        raise _no_decoder(f"it ended at once with status {process.wait()}")
    return ours, process


def _no_decoder(why: str) -> StagecheckError:
    return StagecheckError(
        f"{sys.executable}: the decoder process cannot be started ({why}). "
        "Free memory, raise the limit of processes, or install stagecheck again."
    )


def _too_slow(path: Path) -> UnusableRecordingError:
    return UnusableRecordingError(
        "too_slow",
        f"{shown_name(path.name)} takes far longer to decode than any recording; have "
        "the telephone system send it again, or remove it",
    )


def _after_fork() -> None:
    global _lock  # noqa: PLW0603 - the other process may have held it
    _lock = threading.Lock()
    _decoder.forget()


_lock = threading.Lock()
_decoder = _Decoder()
os.register_at_fork(after_in_child=_after_fork)
atexit.register(_decoder.stop)
