"""Holds a checklist against one call: each item passed, failed, not applicable or untold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from classify.checklist.found import Found
from classify.checklist.kinds import found_by
from classify.checklist.rules import Applies, Checklist, HeardPart, Item
from classify.dialogue import CallContext, Talk, listen
from models.vocabulary.action import Action, HeardCall, Outcome
from models.vocabulary.checklist import CallScore, CheckedItem, ItemVerdict
from models.vocabulary.transcript import Segment

_MAYBE_EARLIER = "Не сказать: это могло быть сделано в прошлом разговоре."
LEAST_JUDGED = 0.5  # share of the applicable weight that must be judged for a score
_OUTCOMES = {
    Outcome.CONVERSATION: "разговор",
    Outcome.VOICEMAIL: "автоответчик",
    Outcome.IVR: "меню",
    Outcome.NO_ANSWER: "нет ответа",
    Outcome.GATEKEEPER: "секретарь",
    Outcome.WRONG_NUMBER: "ошиблись номером",
    Outcome.INTERNAL: "внутренний",
    Outcome.TOO_SHORT: "слишком короткий",
    Outcome.UNINTELLIGIBLE: "неразборчивый",
}


def check_call(
    checklist: Checklist,
    segments: Sequence[Segment],
    context: CallContext,
    heard: HeardCall,
    *,
    earlier: bool | None = None,
) -> CallScore:
    """The items of a checklist for one call, in its order, and the call's score.

    Pure: the same words and the same checklist give the same answer.

    Args:
        checklist: the file, read.
        segments: the call's utterances in order; times may be missing.
        context: what `heard` was heard with.
        heard: outcome and actions of the call.
        earlier: whether the client was spoken to before, ``None`` where nobody knows.
    """
    talk = listen(segments, context)
    items = tuple(_checked(item, talk, heard, earlier) for item in checklist.items)
    score, capped_by = score_of(items, checklist.critical_cap)
    return CallScore(checklist.checklist, checklist.rule_hash, score, capped_by, items)


def score_of(items: Sequence[CheckedItem], cap: int) -> tuple[int | None, tuple[str, ...]]:
    """The weight of the passed items in hundredths of all judged, and what caps it.

    ``None`` where less than half of the applicable weight could be judged. A failed critical
    item leaves at most `cap`.
    """
    passed = _weight(items, ItemVerdict.PASSED)
    judged = passed + _weight(items, ItemVerdict.FAILED)
    applicable = judged + _weight(items, ItemVerdict.CANNOT_TELL)
    if not judged or judged < applicable * LEAST_JUDGED:
        return None, ()
    score = round(100 * passed / judged)
    failed = tuple(i.item_id for i in items if i.critical and i.verdict is ItemVerdict.FAILED)
    if not failed or score <= cap:
        return score, ()
    return cap, failed


def _weight(items: Sequence[CheckedItem], verdict: ItemVerdict) -> float:
    return sum(item.weight for item in items if item.verdict is verdict)


def _checked(item: Item, talk: Talk, heard: HeardCall, earlier: bool | None) -> CheckedItem:
    first = item.applies.first_conversation
    found = _not_meant(item.applies, talk, heard)
    if found is None and first and earlier:
        found = Found.not_applicable("С клиентом уже говорили раньше.")
    if found is None:
        found = found_by(item, talk, heard)
        if found.verdict is ItemVerdict.FAILED and first and earlier is None:
            found = replace(found, verdict=ItemVerdict.CANNOT_TELL, explanation=_MAYBE_EARLIER)
    return CheckedItem(
        item_id=item.id,
        title=item.title.ru,
        critical=item.critical,
        weight=item.weight,
        verdict=found.verdict,
        explanation=found.explanation,
        quote=found.quote,
        speaker=found.speaker,
        start=found.start,
    )


def _not_meant(applies: Applies, talk: Talk, heard: HeardCall) -> Found | None:
    """Why an item is not asked of this call; ``None`` where it is."""
    direction = talk.context.direction
    if heard.outcome not in applies.outcomes:
        return Found.not_applicable(f"Не для такого звонка ({_OUTCOMES[heard.outcome]}).")
    if direction is None and len(applies.directions) == 1:
        return Found.cannot_tell("Неизвестно, входящий это звонок или исходящий.")
    if direction is not None and direction not in applies.directions:
        return Found.not_applicable("Не для звонков этого направления.")
    for part in applies.unless:
        for action in _actions(heard, part):
            return Found.of_action(
                ItemVerdict.NOT_APPLICABLE, "После этих слов уже не требуется.", action
            )
    if applies.only_with and not any(_actions(heard, part) for part in applies.only_with):
        return Found.not_applicable("В этом звонке для этого не было повода.")
    return None


def _actions(heard: HeardCall, part: HeardPart) -> list[Action]:
    return [a for a in heard.actions if a.type in part.action and a.status in part.status]
