"""Short invented calls written as lines, and what the wordings find in them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from classify.dialogue import CallContext, listen
from classify.hear import by_wordings
from models.vocabulary.action import Action, ActionType
from models.vocabulary.transcript import Segment, Speaker

WEDNESDAY = datetime.fromisoformat("2026-11-18T11:00:00+03:00")
SIDES = {"А": Speaker.AGENT, "К": Speaker.CLIENT, "A": Speaker.AGENT, "C": Speaker.CLIENT}


def lines(call: str) -> list[Segment]:
    """A call written «А: … / К: …» as its segments; a line without a letter is the client's."""
    out = []
    for line in call.split(" / "):
        side, _, text = line.partition(": ")
        out.append(Segment(SIDES[side], text) if side in SIDES else Segment(Speaker.CLIENT, line))
    return out


def heard(call: str, kind: ActionType, opening: Sequence[str] = ()) -> list[Action]:
    """The actions of one type that the wordings find in a call that begins with `opening`.

    The votes stay out: they judge whole calls, and these are snatches.
    """
    spoken = lines(" / ".join([*opening, call]))
    found = by_wordings(listen(spoken, CallContext(WEDNESDAY))).actions
    return [a for a in found if a.type is kind]


def told(call: str, kind: ActionType, opening: Sequence[str] = ()) -> str:
    """What `heard` finds as text: each action's status and time, «done datetime=…»; «-»: none."""
    return "; ".join(_told(action) for action in heard(call, kind, opening)) or "-"


def _told(action: Action) -> str:
    slots = ("datetime", "date", "online")
    said = [f"{name}={action.slots[name]}" for name in slots if name in action.slots]
    return " ".join(sorted([str(action.status), *said])).replace(":00+03:00", "")


def both_ways(calls: Sequence[str]) -> list[str]:
    """Every call as written and as a recogniser gives it: small letters, no marks."""
    bare = [" / ".join(_bare(line) for line in call.split(" / ")) for call in calls]
    return [*calls, *[b for b, call in zip(bare, calls, strict=True) if b != call]]


def _bare(line: str) -> str:
    side, mark, text = line.partition(": ")
    if not mark or side not in SIDES:
        side, mark, text = "", "", line
    kept = "".join(c for c in text.lower() if c not in ".,?!;:—«»")
    return f"{side}{mark}{' '.join(kept.split())}"
