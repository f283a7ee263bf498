"""Where the model runs is settled by the settings and by what the machine has."""

import pytest

from core.settings import SpeechSettings
from transcribe.device import Device, DeviceError, choose_device, gpu_trouble_told


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
