"""Where the speech model runs and with what arithmetic, settled before anything is loaded."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise

from core.speech_settings import SpeechSettings
from models.vocabulary.errors import StagecheckError

_CPU_ARITHMETIC = "int8"
_GPU_ARITHMETIC = "float16"
_CPU_BATCH = 3
_GPU_BATCH = 16
_MOST_WORKERS = 8
_LIBRARY_TROUBLE = ("cuda", "cublas", "cudnn", "libcu")


class DeviceError(StagecheckError):
    """The device that the settings ask for cannot be used."""


@dataclass(frozen=True, slots=True)
class Device:
    """A device as CTranslate2 names it, and the arithmetic of the model on it."""

    name: str
    compute_type: str

    def __str__(self) -> str:
        return f"{self.name} {self.compute_type}"


def choose_device(speech: SpeechSettings, gpus: int) -> Device:
    """Settles the device: what the settings say, else a GPU where there is one.

    Raises:
        DeviceError: the settings ask for a GPU and there is none.
    """
    if speech.device == "cuda" and not gpus:
        raise DeviceError(
            "setting `speech.device`: `cuda` is asked for, but no NVIDIA GPU is found. "
            "Check `nvidia-smi`, or set it to `cpu`."
        )
    on_gpu = speech.device == "cuda" or (speech.device == "auto" and gpus > 0)
    usual = _GPU_ARITHMETIC if on_gpu else _CPU_ARITHMETIC
    arithmetic = usual if speech.compute_type == "auto" else speech.compute_type
    return Device("cuda" if on_gpu else "cpu", arithmetic)


@dataclass(frozen=True, slots=True)
class Batching:
    """How windows are shared out: batches of `size`, `workers` of them at once.

    On a CPU a worker with one or two threads of its own is busy all the time, while many
    threads on one batch wait for each other at every step of the decoder. How windows fall
    into batches depends on `size` alone, so that words do not depend on the machine.
    """

    size: int
    workers: int
    threads: int

    def cut(self, order: Sequence[int]) -> list[Sequence[int]]:
        """Cuts the windows, in the order given, into batches that differ by one at most."""
        count = -(-len(order) // self.size)
        cuts = [round(part * len(order) / count) for part in range(count + 1)] if count else []
        return [order[first:last] for first, last in pairwise(cuts)]


def choose_batching(speech: SpeechSettings, device: Device, cores: int) -> Batching:
    """Settles the batching: what the settings say, else what was measured fastest."""
    on_gpu = device.name == "cuda"
    size = speech.batch_size or (_GPU_BATCH if on_gpu else _CPU_BATCH)
    threads = speech.threads or cores
    workers = 1 if on_gpu else min(threads, _MOST_WORKERS)
    return Batching(size, workers, threads // workers)


def count_cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0))


def count_gpus() -> int:
    """How many GPUs CTranslate2 sees; 0 where the driver is missing."""
    import ctranslate2

    return int(ctranslate2.get_cuda_device_count())


@contextmanager
def gpu_trouble_told() -> Iterator[None]:
    """Turns the library's word on missing CUDA libraries into a sentence with the remedy.

    CTranslate2 sees a GPU by its driver alone; that cuBLAS or cuDNN is missing shows only
    when the model is loaded or first used (https://opennmt.net/CTranslate2/installation.html).
    """
    try:
        yield
    except RuntimeError as error:
        if not any(sign in str(error).lower() for sign in _LIBRARY_TROUBLE):
            raise
        raise DeviceError(
            f"the GPU cannot be used ({error}). Install CUDA 12 with cuBLAS and cuDNN 9, or set "
            "`speech.device` to `cpu`."
        ) from error
