"""Where the model runs is settled by the settings and by what the machine has."""

import pytest

from core.speech_settings import SpeechSettings
from transcribe.device import (
    Batching,
    Device,
    DeviceError,
    choose_batching,
    choose_device,
    gpu_trouble_told,
)


@pytest.mark.parametrize(
    ("wanted", "arithmetic", "gpus", "device"),
    [
        ("auto", "auto", 0, Device("cpu", "int8")),
        ("auto", "auto", 2, Device("cuda", "float16")),
        ("cpu", "auto", 2, Device("cpu", "int8")),
        ("cuda", "auto", 1, Device("cuda", "float16")),
        ("auto", "float32", 0, Device("cpu", "float32")),
        ("auto", "int8_float16", 1, Device("cuda", "int8_float16")),
    ],
)
def test_the_device_and_its_arithmetic(
    wanted: str, arithmetic: str, gpus: int, device: Device
) -> None:
    speech = SpeechSettings.model_validate({"device": wanted, "compute_type": arithmetic})
    assert choose_device(speech, gpus) == device


def test_a_gpu_that_is_not_there_is_named_with_the_remedy() -> None:
    with pytest.raises(DeviceError, match=r"speech\.device.*`cpu`"):
        choose_device(SpeechSettings(device="cuda"), 0)


def test_missing_gpu_libraries_are_told_with_the_remedy() -> None:
    with pytest.raises(DeviceError, match=r"libcublas\.so\.12.*speech\.device"), gpu_trouble_told():
        raise RuntimeError("Library libcublas.so.12 is not found or cannot be loaded")


def test_other_trouble_of_the_engine_is_not_hidden() -> None:
    with pytest.raises(RuntimeError, match="out of range"), gpu_trouble_told():
        raise RuntimeError("token out of range")


CPU, GPU = Device("cpu", "int8"), Device("cuda", "float16")


@pytest.mark.parametrize(
    ("threads", "batch_size", "device", "cores", "batching"),
    [
        (0, 0, CPU, 2, Batching(3, 2, 1)),
        (0, 0, CPU, 1, Batching(3, 1, 1)),
        (0, 0, CPU, 32, Batching(3, 8, 4)),
        (3, 0, CPU, 32, Batching(3, 3, 1)),
        (0, 6, CPU, 2, Batching(6, 2, 1)),
        (0, 0, GPU, 8, Batching(16, 1, 8)),
        (0, 4, GPU, 8, Batching(4, 1, 8)),
    ],
)
def test_small_batches_at_once_on_a_cpu_and_large_ones_in_turn_on_a_gpu(
    threads: int, batch_size: int, device: Device, cores: int, batching: Batching
) -> None:
    speech = SpeechSettings(threads=threads, batch_size=batch_size)
    assert choose_batching(speech, device, cores) == batching


@pytest.mark.parametrize("count", range(12))
def test_batches_are_full_but_even_and_lose_no_window(count: int) -> None:
    batches = Batching(3, 2, 1).cut(range(count))
    sizes = {len(batch) for batch in batches}
    assert [index for batch in batches for index in batch] == list(range(count))
    assert not sizes or (max(sizes) <= 3 and max(sizes) - min(sizes) <= 1)
