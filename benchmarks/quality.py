"""How well the action engine hears: labelled dialogues against what `hear` finds in them.

python -m benchmarks.quality --texts T.json --truth T.truth.json [-v]
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from benchmarks.score import report, score
from classify.dialogue import CallContext, Talk, listen
from classify.hear import hear_talk
from models.vocabulary.action import Action, Outcome
from models.vocabulary.call import Direction
from models.vocabulary.transcript import Segment, Speaker


def talk_of(text: Mapping[str, Any], language: str) -> Talk:
    """One dialogue in the shape of `stagecheck classify`'s input, read into turns."""
    segments = [
        Segment(Speaker(s["speaker"]), s["text"], s.get("start"), s.get("end"))
        for s in text["segments"]
    ]
    direction = text.get("direction")
    context = CallContext(
        started_at=datetime.fromisoformat(text["started_at"]),
        direction=Direction(direction) if direction else None,
        language=language,
        timezone=text.get("timezone"),
    )
    return listen(segments, context)


def answer(outcome: Outcome, actions: Iterable[Action]) -> dict[str, Any]:
    """What was heard in a call in the shape of `stagecheck classify`'s answer."""
    told = [
        {"type": a.type, "status": a.status, "quote": a.quote, "slots": dict(a.slots)}
        for a in actions
    ]
    return {"outcome": str(outcome), "actions": told}


def heard(text: Mapping[str, Any], language: str) -> dict[str, Any]:
    """What the engine hears in one dialogue; says where a quote is not verbatim."""
    call = hear_talk(talk_of(text, language))
    spoken = " ".join(s["text"] for s in text["segments"])
    loose = [a.quote for a in call.actions if a.quote not in spoken]
    if loose:
        print(f"{text['call_id']}: quotes that are not verbatim: {loose}")
    return answer(call.outcome, call.actions)


def main() -> None:
    """Prints precision, recall and F1 by type, exact slots and outcomes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=Path, required=True)
    parser.add_argument("--truth", type=Path, required=True)
    parser.add_argument("--language", default="ru")
    parser.add_argument("-v", "--verbose", action="store_true")
    chosen = parser.parse_args()
    texts = json.loads(chosen.texts.read_text(encoding="utf-8"))
    labels = json.loads(chosen.truth.read_text(encoding="utf-8"))
    began = time.perf_counter()
    answers = {text["call_id"]: heard(text, chosen.language) for text in texts}
    took = time.perf_counter() - began
    print(report(score(answers, labels), verbose=chosen.verbose))
    print(f"{1000 * took / max(1, len(texts)):.0f} ms a call, loading included")


if __name__ == "__main__":
    main()
