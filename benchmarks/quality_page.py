"""Writes docs/quality.md: how well stagecheck hears, on what it was tuned on and what not.

python -m benchmarks.quality_page [--audio RESULT.json --audio-truth TRUTH.json]
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.calibrate import chance_table
from benchmarks.quality import heard
from benchmarks.score import COURTESIES, Count, Score, score, share
from benchmarks.sets import DATA, SETS, LabelledSet, named

PAGE = Path(__file__).parents[1] / "docs" / "quality.md"
HEAD = """# How well stagecheck hears

Written by `make quality`; do not edit. An action is right when the call has one of the same type
and status; what a careful annotator could set or leave out counts for nothing. Intervals are 95 %
(Wilson). The *core* leaves out the courtesies (greeting, introductions, farewell). How the
dialogues were made and what they cannot show stands in
[tests/data/dialogues/README.md](../tests/data/dialogues/README.md).

"""
SPOKEN = ("held_out", "english_test")
MEANING = {
    "dev": "the development set, tuned on",
    "validation": "never read while writing rules; confidence is fitted to it",
    "test": "never read while writing rules, nothing is chosen by it",
}
SHOWN = tuple(one for one in SETS if one.split in MEANING)
Labelled = Mapping[str, Any]


def page(audio: Score | None) -> str:
    """The whole page."""
    parts = [HEAD, "## In short\n\n", *_summary(audio)]
    for one in SHOWN:
        title = f"{one.name}, texts ({MEANING[one.split]})"
        parts += _chapter(title, _scored(one.calls(), one))
    if audio is not None:
        parts += _chapter("dev, recordings through the packaged base weights", audio)
    parts += ["## Confidence\n\n", *_calibration()]
    return "".join(parts)


def _scored(calls: Iterable[tuple[Labelled, Labelled]], one: LabelledSet) -> Score:
    """The figures of some dialogues of a set."""
    return score(_answers(one), [label for _, label in calls])


@cache
def _answers(one: LabelledSet) -> dict[str, Labelled]:
    """What is heard in each dialogue of a set, by its call's id."""
    return {text["call_id"]: heard(text, one.language) for text, _ in one.calls()}


def _summary(audio: Score | None) -> Iterator[str]:
    yield "| set | dialogues | core precision | core recall | core F1 | core macro F1 | outcome |\n"
    yield "|---|---|---|---|---|---|---|\n"
    for one in SHOWN:
        yield _row(f"{one.name} ({one.split})", _scored(one.calls(), one))
    yield from _spoken()
    test = named("held_out")
    for name, marked in (("punctuated", True), ("as a recogniser writes", False)):
        chosen = [pair for pair in test.calls() if _punctuated(pair[0]) is marked]
        yield _row(f"{test.name}: {name}", _scored(chosen, test))
    if audio is not None:
        yield _row("dev, recordings", audio)
    yield "\n"


def _spoken() -> Iterator[str]:
    """Test dialogues as synthesisers speak them and the base weights hear them, beside the text."""
    for name in SPOKEN:
        one = named(name)
        calls = json.loads((DATA / "spoken" / f"{name}.json").read_text("utf-8"))
        known = {text["call_id"]: (text, label) for text, label in one.calls()}
        pairs = [known[call["call_id"]] for call in calls]
        spoken = {call["call_id"]: heard(call, one.language) for call in calls}
        yield _row(f"{name}: {len(calls)} of them, text", _scored(pairs, one))
        yield _row(
            f"{name}: the same, spoken by a synthesiser",
            score(spoken, [label for _, label in pairs]),
        )


def _punctuated(text: Labelled) -> bool:
    return any(mark in s["text"] for s in text["segments"] for mark in ".?!,")


def _row(name: str, result: Score) -> str:
    core = result.core
    precision = share(core.right, core.right + core.extra)
    recall = share(core.right, core.right + core.missed)
    return (
        f"| {name} | {result.calls} | {precision} | {recall} | {core.f1:.2f} | {result.macro:.2f} "
        f"| {result.outcomes_right} of {result.calls} |\n"
    )


def _chapter(title: str, result: Score) -> Iterator[str]:
    yield f"## {title[0].upper()}{title[1:]}\n\n"
    yield "| action | precision | recall | F1 | right | wrong | missed |\n"
    yield "|---|---|---|---|---|---|---|\n"
    yield from (_action_row(f"**{name}**", count) for name, count in _types(result))
    yield "\n| with status | precision | recall | F1 | right | wrong | missed |\n"
    yield "|---|---|---|---|---|---|---|\n"
    for name, count in sorted(result.kinds.items()):
        if name.partition("/")[0] not in COURTESIES:
            yield _action_row(name, count)
    yield "\n"
    for name, (right, wanted, given) in result.slots.items():
        exact = share(right, wanted)
        yield f"- slot `{name}`: exact {exact} ({right} of {wanted}, {given} given)\n"
    yield f"- outcome: {result.outcomes_right} of {result.calls}{_confused(result)}\n\n"


def _types(result: Score) -> list[tuple[str, Count]]:
    core = [(n, c) for n, c in sorted(result.types.items()) if n not in COURTESIES]
    easy = [(n, c) for n, c in sorted(result.types.items()) if n in COURTESIES]
    return [*core, *easy]


def _action_row(name: str, count: Count) -> str:
    precision = share(count.right, count.right + count.extra)
    recall = share(count.right, count.right + count.missed)
    return (
        f"| {name} | {precision} | {recall} | {count.f1:.2f} "
        f"| {count.right} | {count.extra} | {count.missed} |\n"
    )


def _confused(result: Score) -> str:
    wrong = [
        f"{want} taken for {found}{f' ({times}×)' if times > 1 else ''}"
        for (want, found), times in sorted(result.outcomes.items())
        if want != found
    ]
    return f"; {', '.join(wrong)}" if wrong else ""


def _calibration() -> Iterator[str]:
    yield (
        "A confidence is the share of right findings among those like it, fitted to the validation "
        "sets (`python -m benchmarks.calibrate`) and checked on the test sets, here without the "
        "courtesies:\n\n"
    )
    for split in ("validation", "test"):
        rows, error = chance_table([one for one in SETS if one.split == split])
        yield f"{split}: expected calibration error {error:.3f}\n\n"
        yield "| said | findings | mean said | right |\n|---|---|---|---|\n"
        yield from (f"| {' | '.join(row)} |\n" for row in rows)
        yield "\n"


def _audio(result: Path, truth: Path) -> Score:
    calls = json.loads(result.read_text("utf-8"))["calls"]
    known: Sequence[Labelled] = json.loads(truth.read_text("utf-8"))["calls"]
    labels = [{**call, "call_id": call["recording"]} for call in known]
    return score({call["recording"]: call for call in calls}, labels)


def main() -> None:
    """Writes the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--audio", type=Path)
    parser.add_argument("--audio-truth", type=Path)
    chosen = parser.parse_args()
    audio = _audio(chosen.audio, chosen.audio_truth) if chosen.audio else None
    PAGE.write_text(page(audio), encoding="utf-8")
    print("".join(_summary(audio)))
    print(f"written: {PAGE}")


if __name__ == "__main__":
    main()
