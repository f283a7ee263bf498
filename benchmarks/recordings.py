"""Recordings with truth to measure on: what was said, by whom, on which channel."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from dataclasses import dataclass
from pathlib import Path

from benchmarks.words import normalised_words
from transcribe.audio import CallAudio, load_audio

ROOT = Path(__file__).resolve().parent.parent
_PLACES = (
    (ROOT.parent / "shared/calls/dev/recordings", ROOT.parent / "shared/calls/dev/truth.json"),
    (ROOT / "samples/recordings", ROOT / "samples/truth.json"),
    (ROOT / "samples", ROOT / "samples/truth.json"),
)


@dataclass(frozen=True, slots=True)
class TrueTurn:
    """One turn as it was really said; times in seconds."""

    start: float
    end: float
    speaker: str
    text: str


@dataclass(frozen=True, slots=True)
class TrueCall:
    """One recording and what is said in it."""

    name: str
    path: Path
    channels: int
    agent_channel: int | None
    direction: str | None
    turns: tuple[TrueTurn, ...]

    def audio(self) -> CallAudio:
        """Decodes the recording."""
        return load_audio([self.path])

    def words(self, speaker: str | None = None) -> list[str]:
        """Gives the normalised words of one speaker, or of both in the order of speaking."""
        said = [turn.text for turn in self.turns if speaker in {None, turn.speaker}]
        return normalised_words(" ".join(said))

    def channel_speaker(self, channel: int) -> str:
        """Tells whose channel it is."""
        return "agent" if channel == self.agent_channel else "client"


def add_options(parser: ArgumentParser) -> None:
    """Adds the options that name recordings and truth."""
    parser.add_argument("--recordings", type=Path, help="folder with the recordings")
    parser.add_argument("--truth", type=Path, help="truth.json of these recordings")


def true_calls(options: Namespace) -> list[TrueCall]:
    """Reads the calls that the options name, else the development set, else the samples.

    Raises:
        SystemExit: there is nothing to measure on.
    """
    folder, truth = options.recordings, options.truth
    if folder is None or truth is None:
        for folder, truth in _PLACES:  # noqa: B007 - the pair found is used below
            if truth.is_file():
                break
        else:
            raise SystemExit("No recordings with truth found; name them: --recordings and --truth.")
    calls = json.loads(truth.read_text(encoding="utf-8"))["calls"]
    return [_true_call(folder, call) for call in calls if (folder / call["recording"]).is_file()]


def _true_call(folder: Path, call: dict[str, object]) -> TrueCall:
    segments = call.get("segments")
    assert isinstance(segments, list)  # noqa: S101 - the truth's own shape
    turns = tuple(
        TrueTurn(float(s["start"]), float(s["end"]), s["speaker"], s["text"]) for s in segments
    )
    channel = call.get("agent_channel")
    return TrueCall(
        name=str(call.get("text_call_id") or call.get("call_id")),
        path=folder / str(call["recording"]),
        channels=2 if call.get("channels") == 2 else 1,
        agent_channel=channel if isinstance(channel, int) else None,
        direction=str(call["direction"]) if call.get("direction") else None,
        turns=turns,
    )
