"""Speed and word error rate beside what else a user of faster-whisper could pick.

python -m benchmarks.speed [--recordings DIR --truth truth.json] [--calls N] [--threads N]

Three engines transcribe the same stereo calls with the same weights, int8 and the same number
of threads, each in a process of its own: ours; (a) faster-whisper's `transcribe` with its
defaults, channel by channel; (b) its `BatchedInferencePipeline` with its defaults, channel by
channel. Times are wall times from file to text, the loading of the model left out.
`not model` is the share of ours that is not spent in the speech model's own computing.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import threading
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from typing import Any

from benchmarks.recordings import TrueCall, add_options, true_calls
from benchmarks.wer import heard_words, hints_of
from benchmarks.words import normalised_words, word_errors
from core.speech_settings import SpeechSettings
from transcribe.weights import packaged_base
from transcribe.whisper import FasterWhisper

ENGINES = ("ours", "a", "b")
_TITLES = {
    "ours": "stagecheck",
    "a": "(a) faster-whisper transcribe, per channel",
    "b": "(b) BatchedInferencePipeline, per channel",
}


def main() -> None:
    """Prints the table."""
    parser = ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    add_options(parser)
    parser.add_argument("--calls", type=int, default=0, help="measure the first N stereo calls")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--engine", choices=ENGINES, help="measure one engine, print JSON")
    options = parser.parse_args()
    if options.engine:
        print(json.dumps(measure(options.engine, _stereo(options), options.threads)))
        return
    rows = {engine: _in_own_process(engine, options) for engine in ENGINES}
    _print_table(rows)


def _stereo(options: Namespace) -> list[TrueCall]:
    calls = [call for call in true_calls(options) if call.channels == 2]
    return calls[: options.calls] if options.calls else calls


def _in_own_process(engine: str, options: Namespace) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.speed", "--engine", engine]
    command += ["--calls", str(options.calls), "--threads", str(options.threads)]
    if options.recordings and options.truth:
        command += ["--recordings", str(options.recordings), "--truth", str(options.truth)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    row: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return row


def measure(engine: str, calls: list[TrueCall], threads: int) -> dict[str, float]:
    """Measures one engine in this process: seconds, words, errors, peak memory in MB."""
    weights = str(packaged_base(SpeechSettings()).folder)
    speech = SpeechSettings(model=weights, device="cpu", compute_type="int8", threads=threads)
    if engine == "ours":
        row = _ours(calls, speech)
    else:
        row = _theirs(calls, speech, batched=engine == "b")
    row["audio_s"] = sum(call.turns[-1].end for call in calls)
    row["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return row


def _ours(calls: list[TrueCall], speech: SpeechSettings) -> dict[str, float]:
    engine = FasterWhisper(speech)
    clock = ModelClock(engine.model.model)
    engine.model.model = clock
    row = {"seconds": 0.0, "errors": 0.0, "words": 0.0}
    for call in calls:
        begin = time.perf_counter()
        transcript = engine.transcribe(call.audio(), hints_of(call))
        row["seconds"] += time.perf_counter() - begin
        for speaker in ("agent", "client"):
            heard = heard_words(call, transcript, speaker)
            row["errors"] += heard.errors
            row["words"] += heard.words
    row["model_seconds"] = clock.seconds
    return row


def _theirs(calls: list[TrueCall], speech: SpeechSettings, *, batched: bool) -> dict[str, float]:
    from faster_whisper import BatchedInferencePipeline, WhisperModel
    from faster_whisper.audio import decode_audio

    model = WhisperModel(
        speech.model, device="cpu", compute_type="int8", cpu_threads=speech.threads
    )
    engine = BatchedInferencePipeline(model) if batched else model
    row = {"seconds": 0.0, "errors": 0.0, "words": 0.0}
    for call in calls:
        begin = time.perf_counter()
        channels = decode_audio(str(call.path), split_stereo=True)
        texts = [
            " ".join(segment.text for segment in engine.transcribe(channel, language="ru")[0])
            for channel in channels
        ]
        row["seconds"] += time.perf_counter() - begin
        for channel, text in enumerate(texts):
            reference = call.words(call.channel_speaker(channel))
            row["errors"] += word_errors(reference, normalised_words(text))
            row["words"] += len(reference)
    return row


class ModelClock:
    """A CTranslate2 model that counts the seconds in which at least one thread is in it."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self._lock = threading.Lock()
        self._inside = 0
        self._entered = 0.0
        self.seconds = 0.0

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._model, name)
        return self._timed(value) if callable(value) else value

    def _timed(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any, **options: Any) -> Any:
            with self._lock:
                if not self._inside:
                    self._entered = time.perf_counter()
                self._inside += 1
            try:
                return function(*args, **options)
            finally:
                with self._lock:
                    self._inside -= 1
                    if not self._inside:
                        self.seconds += time.perf_counter() - self._entered

        return run


def _print_table(rows: dict[str, dict[str, float]]) -> None:
    ours = rows["ours"]
    print(f"{'engine':44s} {'wall s':>8s} {'x real':>7s} {'ours is':>8s} {'WER':>6s} {'MB':>6s}")
    for engine, row in rows.items():
        print(
            f"{_TITLES[engine]:44s} {row['seconds']:8.1f} {row['audio_s'] / row['seconds']:7.1f} "
            f"{row['seconds'] / ours['seconds']:7.2f}x {row['errors'] / row['words']:6.3f} "
            f"{row['peak_mb']:6.0f}"
        )
    share = 1 - ours["model_seconds"] / ours["seconds"]
    print(f"not model: {share:.1%} of our wall time; load average {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
