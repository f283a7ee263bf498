"""Samples on a memory file, one row per channel, handed from one process to another uncopied.

Each row has room for the most samples that may come; what is not written takes no memory.
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

SAMPLE_RATE = 16_000
Samples = npt.NDArray[np.int16]

_BLOCK = 1 << 20


def mapped(memory: int, channels: int, samples: int, stride: int) -> Samples:
    """Gives the rows of a memory file as an array of shape (channels, samples), not copied."""
    length = (channels - 1) * stride + 2 * samples
    return np.ndarray((channels, samples), np.int16, mmap.mmap(memory, length), strides=(stride, 2))


class TooMuchSoundError(Exception):
    """More samples came than a row has room for."""


class Rows:
    """Writes rows to the memory file `memory`, at most `most` samples each.

    `told` is called with the seconds written so far, about every half minute of sound.
    """

    def __init__(self, memory: int, most: int, told: Callable[[float], None]) -> None:
        self._memory = memory
        self._most = most
        self._told = told
        self._waiting: list[bytearray] = []
        self._written = 0

    @property
    def channels(self) -> int:
        """How many rows there are; 0 before `open`."""
        return len(self._waiting)

    @property
    def stride(self) -> int:
        """How many bytes lie between the beginnings of two rows."""
        return 2 * self._most

    def open(self, channels: int) -> None:
        """Says how many rows there are; only the first word counts."""
        if not self._waiting:
            self._waiting = [bytearray() for _ in range(channels)]

    def append(self, planes: npt.NDArray[Any]) -> None:
        """Adds samples of shape (channels, n).

        Raises:
            TooMuchSoundError: the rows are full.
        """
        for row, plane in zip(self._waiting, planes, strict=True):
            row.extend(plane.tobytes())
        if self._written + len(self._waiting[0]) // 2 > self._most:
            raise TooMuchSoundError
        if len(self._waiting[0]) >= _BLOCK:
            self._write()

    def finish(self) -> int:
        """Writes what is left, gives how many samples each row has."""
        if self._waiting:
            self._write()
        return self._written

    def _write(self) -> None:
        for channel, row in enumerate(self._waiting):
            os.pwrite(self._memory, row, channel * self.stride + self._written * 2)
        self._written += len(self._waiting[0]) // 2
        for row in self._waiting:
            row.clear()
        self._told(self._written / SAMPLE_RATE)
