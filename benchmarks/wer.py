"""How many words are heard wrongly, whose they are taken to be, and in which order.

python -m benchmarks.wer [--recordings DIR --truth truth.json] [--beam N] [--blind]

Words are compared in lower case, without punctuation, ё as е, digits spelled out. `order` is the
share of neighbouring true turns that stand in the same order in the transcript.
"""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from benchmarks.recordings import TrueCall, add_options, true_calls
from benchmarks.words import normalised_words, word_errors
from core.speech_settings import SpeechSettings
from models.vocabulary.call import Direction
from models.vocabulary.transcript import Segment, Transcript
from transcribe.engine import Hints
from transcribe.whisper import load_transcriber


@dataclass(frozen=True, slots=True)
class Heard:
    """Errors and words of one speaker."""

    errors: int
    words: int


def heard_words(call: TrueCall, transcript: Transcript, speaker: str | None) -> Heard:
    """Counts the wrong words of a speaker (``None``: of the whole call, whoever spoke)."""
    texts = [s.text for s in transcript.segments if speaker in {None, str(s.speaker)}]
    reference = call.words(speaker)
    return Heard(word_errors(reference, normalised_words(" ".join(texts))), len(reference))


def places(call: TrueCall, transcript: Transcript) -> list[int | None]:
    """Gives for every true turn the segment of the same speaker that overlaps it most."""
    return [_place(transcript.segments, turn.start, turn.end, turn.speaker) for turn in call.turns]


def _place(segments: Sequence[Segment], start: float, end: float, speaker: str) -> int | None:
    shared = [
        (min(end, s.end or 0.0) - max(start, s.start or 0.0), -index)
        for index, s in enumerate(segments)
        if str(s.speaker) == speaker
    ]
    best = max(shared, default=(0.0, 0))
    return -best[1] if best[0] > 0 else None


def kept_order(found: Sequence[int | None]) -> tuple[int, int]:
    """Counts neighbouring turns that were found, and those that stand in the true order."""
    both = [(a, b) for a, b in pairwise(found) if a is not None and b is not None]
    return sum(a < b for a, b in both), len(both)


def hints_of(call: TrueCall, *, blind: bool = False, language: str | None = "ru") -> Hints:
    """What the metadata of a call tell; `blind` leaves out whose channel is whose."""
    direction = Direction(call.direction) if call.direction else None
    return Hints(
        language=language,
        agent_channel=None if blind else call.agent_channel,
        direction=direction,
    )


def main() -> None:
    """Prints errors per call and speaker, and in total."""
    parser = ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    add_options(parser)
    parser.add_argument("--beam", type=int, default=SpeechSettings().beam_size)
    parser.add_argument("--blind", action="store_true", help="infer whose channel is the agent's")
    options = parser.parse_args()
    engine = load_transcriber(SpeechSettings(beam_size=options.beam))
    print(engine.identity)
    totals: dict[str, list[int]] = {}
    order = [0, 0, 0, 0]
    for call in true_calls(options):
        transcript = engine.transcribe(call.audio(), hints_of(call, blind=options.blind))
        _report(call, transcript, totals)
        found = places(call, transcript)
        kept, pairs = kept_order(found)
        order = [
            sum(pair)
            for pair in zip(order, (kept, pairs, found.count(None), len(found)), strict=True)
        ]
    for name, (errors, words) in totals.items():
        print(f"{name:24s} {words:5d} words  WER {errors / max(words, 1):.3f}")
    print(f"order kept {order[0]} of {order[1]}; turns lost {order[2]} of {order[3]}")


def _report(call: TrueCall, transcript: Transcript, totals: dict[str, list[int]]) -> None:
    kind = "stereo" if call.channels == 2 else "mono"
    speakers = ("agent", "client") if call.channels == 2 else (None,)
    for speaker in speakers:
        heard = heard_words(call, transcript, speaker)
        name = speaker or "both"
        print(
            f"{call.name:10s} {kind:6s} {name:6s} {heard.words:4d} words  "
            f"WER {heard.errors / max(heard.words, 1):.3f}"
        )
        for key in (f"{kind}, {name}", f"{kind}, all") if speaker else (f"{kind}, all",):
            total = totals.setdefault(key, [0, 0])
            total[0] += heard.errors
            total[1] += heard.words


if __name__ == "__main__":
    main()
