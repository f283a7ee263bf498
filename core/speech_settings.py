"""Settings of the speech engine: which model hears, where, and how."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from core.section import Section


class SpeechSettings(Section):
    """How speech becomes text."""

    model: str = Field(
        default="auto", description="a model's name, a folder with its weights, or `auto`"
    )
    language: Literal["ru", "en", "auto"] = Field(
        default="auto", description="language of the calls, or `auto` to detect it per call"
    )
    device: Literal["auto", "cpu", "cuda"] = Field(
        default="auto", description="where the model runs; `auto`: on a GPU where there is one"
    )
    compute_type: str = Field(
        default="auto",
        description="arithmetic of the model; `auto`: int8 on a CPU, float16 on a GPU",
    )
    threads: int = Field(default=0, ge=0, description="CPU threads of the model; 0: all cores")
    beam_size: int = Field(default=5, ge=1, description="hypotheses followed at once")
    batch_size: int = Field(
        default=0,
        ge=0,
        description="packed windows of speech in a batch; 0: 3 on a CPU, 16 on a GPU",
    )
    window_s: float = Field(
        default=14.0,
        ge=5,
        le=29,
        description="longest packed window of speech in seconds; on a CPU shorter ones are faster",
    )
    vad_threshold: float = Field(
        default=0.3, gt=0, lt=1, description="speech probability from which a frame is speech"
    )
    vad_min_silence_s: float = Field(
        default=0.5, gt=0, description="silence in seconds that ends a stretch of speech"
    )
    longest_call_h: float = Field(
        default=12,
        gt=0,
        le=48,
        description="hours of sound from which a recording is refused; a night of hold music "
        "is shorter",
    )
    second_listening: bool = Field(
        default=True,
        description="hear the few seconds again on which a stage or a loud flag hangs",
    )
    second_model: str | None = Field(
        default=None,
        description="model of the second listening, best a larger one; `model` where unset",
    )
    second_beam_size: int = Field(
        default=8, ge=1, description="hypotheses followed at once in the second listening"
    )
    weights_folder: Path | None = Field(
        default=None, description="where assembled weights are kept; the user's cache where unset"
    )
