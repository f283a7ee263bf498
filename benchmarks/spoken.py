"""Has labelled dialogues spoken by Debian's synthesisers and writes down what is heard of them.

python -m benchmarks.spoken SET [--count N] [--out FILE.json]

Needs the packages festival, festvox-ru, espeak-ng and sox (Debian names). Each dialogue becomes a
stereo call of telephone quality (8 kHz, A-law, faint noise): the agent in one voice on the left,
the client in another on the right. It goes through the packaged speech weights; the words that are
heard are written in the form of `stagecheck classify`, under the dialogue's own id, so that its
labels hold. Only punctuated dialogues are spoken: the others imitate a recogniser already.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.sets import DATA, LabelledSet, named
from core.speech_settings import SpeechSettings
from models.vocabulary.call import Direction
from models.vocabulary.transcript import Transcript
from transcribe.audio import load_audio
from transcribe.engine import Hints
from transcribe.whisper import FasterWhisper, load_transcriber

RATE = 8000
HEADER = 44  # bytes of a plain wav file
PAUSE_S = 0.35
NOISE = 30  # of 32768
RUSSIAN_PITCH = {"agent": 0, "client": 220}  # cents; festvox-ru has one voice
ENGLISH_VOICE = {"agent": "en-gb", "client": "en-us+f3"}

Wave = NDArray[np.int16]


def spoken(text: str, speaker: str, language: str, folder: Path) -> Wave:
    """One utterance in the voice of its speaker, at 8 kHz."""
    raw, wav = folder / "raw.wav", folder / "said.wav"
    side = "agent" if speaker == "agent" else "client"
    effects = ["rate", str(RATE)]
    if language == "ru" and _said_by_festival(text, raw):
        effects = ["pitch", str(RUSSIAN_PITCH[side]), *effects]
    else:
        voice = ENGLISH_VOICE[side] if language == "en" else "ru"
        command = ["espeak-ng", "-v", voice, "-s", "150", "-w", str(raw), text]
        subprocess.run(command, check=True, capture_output=True)
    subprocess.run(
        ["sox", "-G", str(raw), "-b", "16", "-c", "1", str(wav), *effects, "norm", "-6"],
        check=True,
        capture_output=True,
    )
    return np.frombuffer(wav.read_bytes()[HEADER:], dtype=np.int16)


def _said_by_festival(text: str, raw: Path) -> bool:
    """Whether the Russian voice could say it: it stops at marks and letters it does not know."""
    plain = re.sub(r"(?<=\d)[:.](?=\d)", " ", text)
    plain = re.sub(r"[^\w\s.,?!-]", " ", plain)
    plain = re.sub(r"\s+([.,?!])", r"\1", plain).strip(" .,-")
    command = ["text2wave", "-eval", "(voice_msu_ru_nsh_clunits)", "-o", str(raw)]
    done = subprocess.run(command, input=plain, text=True, check=False, capture_output=True)
    return done.returncode == 0 and raw.stat().st_size > HEADER


def render(call: Mapping[str, Any], language: str, folder: Path) -> Path:
    """The dialogue as a stereo A-law file."""
    sides: dict[str, list[Wave]] = {"agent": [], "client": []}
    pause = np.zeros(round(PAUSE_S * RATE), dtype=np.int16)
    for segment in call["segments"]:
        said = spoken(segment["text"], segment["speaker"], language, folder)
        own = "agent" if segment["speaker"] == "agent" else "client"
        other = "client" if own == "agent" else "agent"
        sides[own] += [said, pause]
        sides[other] += [np.zeros(len(said), dtype=np.int16), pause]
    rng = np.random.default_rng(len(call["segments"]))
    tracks = [np.concatenate(sides[side]).astype(np.float64) for side in ("agent", "client")]
    noisy = [track + rng.normal(0, NOISE, len(track)) for track in tracks]
    stereo = np.clip(np.stack(noisy, axis=1), -32768, 32767).astype("<i2")
    raw, path = folder / "call.raw", folder / "call.wav"
    raw.write_bytes(stereo.tobytes())
    form = ["-t", "raw", "-r", str(RATE), "-e", "signed", "-b", "16", "-c", "2"]
    subprocess.run(["sox", *form, str(raw), "-e", "a-law", str(path)], check=True)
    return path


def transcripts(
    one: LabelledSet, count: int, engine: FasterWhisper
) -> Iterator[tuple[dict[str, Any], Transcript]]:
    """The first punctuated dialogues of a set and what is heard when they are spoken."""
    chosen = [text for text, _ in one.calls() if is_punctuated(text)][:count]
    for text in chosen:
        with tempfile.TemporaryDirectory() as folder:
            path = render(text, one.language, Path(folder))
            direction = Direction(text["direction"]) if text.get("direction") else None
            hints = Hints(language=one.language, agent_channel=0, direction=direction)
            yield text, engine.transcribe(load_audio([path]), hints)


def is_punctuated(text: Mapping[str, Any]) -> bool:
    """Whether a dialogue is written with full stops and commas."""
    return any(mark in segment["text"] for segment in text["segments"] for mark in ".?!,")


def as_text_call(text: Mapping[str, Any], heard: Transcript) -> dict[str, Any]:
    """The transcript in the form of `stagecheck classify`."""
    segments: Sequence[dict[str, Any]] = [
        {"speaker": str(s.speaker), "text": s.text, "start": s.start, "end": s.end}
        for s in heard.segments
    ]
    kept = {name: text[name] for name in ("call_id", "started_at", "timezone") if name in text}
    return {**kept, "direction": text.get("direction"), "segments": segments}


def main() -> None:
    """Writes the transcripts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("set", type=named)
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    target = options.out or DATA / "spoken" / f"{options.set.name}.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    engine = load_transcriber(SpeechSettings())
    calls = []
    for text, heard in transcripts(options.set, options.count, engine):
        calls.append(as_text_call(text, heard))
        print(text["call_id"], flush=True)
    target.write_text(json.dumps(calls, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"written: {target}")


if __name__ == "__main__":
    main()
