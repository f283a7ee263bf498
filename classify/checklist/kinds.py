"""The kinds of items: for each, how it is held against what was heard in a call."""

from __future__ import annotations

from collections.abc import Sequence

from classify.actions.budget import order_sums
from classify.actions.money import sums
from classify.checklist.doubt import is_unsure, place_doubtful, turns_doubtful
from classify.checklist.found import Found
from classify.checklist.objections import Handled, Reply, handled
from classify.checklist.places import Spot, agent_turns, phrase_in, spot_of
from classify.checklist.rules import (
    BeforePrice,
    Heard,
    Item,
    NotSaid,
    ObjectionsAnswered,
    Said,
)
from classify.dialogue import Talk, Turn
from models.vocabulary.action import Action, ActionStatus, ActionType, HeardCall
from models.vocabulary.checklist import ItemVerdict
from models.vocabulary.transcript import Speaker

_SLOTS = {
    "datetime": "дня",
    "date": "дня",
    "due": "дня",
    "amount": "суммы",
    "place": "места",
    "channel": "способа связи",
    "name": "имени",
}
_POOR = "Не разобрать: слова распознаны неуверенно."


def found_by(item: Item, talk: Talk, heard: HeardCall) -> Found:
    """What the check of an item comes to in a call that it is meant for."""
    check = item.check
    if isinstance(check, Heard):
        return _heard(item, check, talk, heard)
    if isinstance(check, BeforePrice):
        return _before_price(item, check, talk, heard)
    if isinstance(check, ObjectionsAnswered):
        return _objections_answered(item, check, talk, heard)
    if isinstance(check, Said):
        return _said(item, check, talk)
    return _not_said(item, check, talk)


def _heard(item: Item, check: Heard, talk: Talk, heard: HeardCall) -> Found:
    near = [
        action
        for action in heard.actions
        if action.type in check.action
        and action.status in check.status
        and check.speaker in (None, action.speaker)
    ]
    whole = [a for a in near if not check.slots or any(a.slots.get(s) for s in check.slots)]
    sure = [action for action in whole if not is_unsure(action)]
    if sure:
        return Found.of_action(ItemVerdict.PASSED, _title(item), sure[0])
    if whole:
        return Found.of_action(ItemVerdict.CANNOT_TELL, _POOR, whole[0])
    if place_doubtful(talk, check.place):
        return Found.cannot_tell(_POOR)
    if near:
        why = f"{_failure(item)}: сказано, но без {_wanted(check)}."
        return Found.of_action(ItemVerdict.FAILED, why, near[-1])
    return Found(ItemVerdict.FAILED, f"{_failure(item)}.")


def _before_price(item: Item, check: BeforePrice, talk: Talk, heard: HeardCall) -> Found:
    price = _first_price(talk)
    if price is None:
        return Found.not_applicable("Менеджер не называл цену.")
    turn, words = price
    named = Spot(turn.index, turn.tokens[words[0]].start)
    first = [action for action in heard.actions if action.type in check.first]
    early = [a for a in first if (spot := spot_of(talk, a)) is not None and spot.before(named)]
    if early:
        verdict = ItemVerdict.CANNOT_TELL if is_unsure(early[0]) else ItemVerdict.PASSED
        why = _POOR if is_unsure(early[0]) else _title(item)
        return Found.of_action(verdict, why, early[0])
    before = [t for t in agent_turns(talk, "anywhere") if t.index <= turn.index]
    if turns_doubtful(before):
        return Found.cannot_tell(_POOR)
    return Found.of_words(ItemVerdict.FAILED, f"{_failure(item)}.", turn, words)


def _first_price(talk: Talk) -> tuple[Turn, tuple[int, int]] | None:
    """The first sum of the order, or «цена от…», that the agent names.

    A sum that the client named before is the client's budget said back.
    """
    of_order = [one for one, _ in order_sums(talk)]
    named_by_client: set[float] = set()
    for turn in talk.turns:
        own = [one for one in of_order if one.turn.index == turn.index]
        if talk.has("budget.order", turn):
            own += sums(talk, turn)
        if turn.speaker is Speaker.CLIENT:
            named_by_client |= {one.value for one in own}
            continue
        for one in sorted(own, key=lambda one: one.start):
            if turn.speaker is Speaker.AGENT and one.value not in named_by_client:
                return turn, (one.start, one.end)
    return None


def _objections_answered(
    item: Item, check: ObjectionsAnswered, talk: Talk, heard: HeardCall
) -> Found:
    raised = [
        action
        for action in heard.actions
        if action.type is ActionType.OBJECTION
        and action.status is ActionStatus.DONE
        and (not check.objections or action.slots.get("kind") in check.objections)
        and not is_unsure(action)
    ]
    if not raised:
        return Found.not_applicable("Клиент не возражал.")
    results = [handled(talk, one, heard.actions) for one in raised]
    open_ones = [one for one in results if one.reply is Reply.UNANSWERED]
    if open_ones:
        return _unanswered(item, open_ones)
    answered = [one for one in results if one.reply is Reply.ANSWERED]
    if not answered:
        return Found.of_action(
            ItemVerdict.NOT_APPLICABLE, "После возражения разговор оборвался.", raised[0]
        )
    return _of_reply(ItemVerdict.PASSED, _title(item), answered[0])


def _unanswered(item: Item, open_ones: Sequence[Handled]) -> Found:
    first = open_ones[0]
    if first.turn is not None and turns_doubtful([first.turn]):
        return Found.of_action(ItemVerdict.CANNOT_TELL, _POOR, first.objection)
    said = f" («{_short(first.objection)}»)"
    return _of_reply(ItemVerdict.FAILED, f"{_failure(item)}{said}.", first)


def _of_reply(verdict: ItemVerdict, why: str, one: Handled) -> Found:
    if one.turn is None or one.words is None:
        return Found.of_action(verdict, why, one.objection)
    return Found.of_words(verdict, why, one.turn, one.words)


def _said(item: Item, check: Said, talk: Talk) -> Found:
    for turn in _turns_of(talk, check.speaker, check.place):
        for phrase in check.phrases:
            words = phrase_in(turn, phrase)
            if words is not None:
                return Found.of_words(ItemVerdict.PASSED, _title(item), turn, words)
    if place_doubtful(talk, check.place):
        return Found.cannot_tell(_POOR)
    return Found(ItemVerdict.FAILED, f"{_failure(item)}.")


def _not_said(item: Item, check: NotSaid, talk: Talk) -> Found:
    for turn in _turns_of(talk, check.speaker, "anywhere"):
        for phrase in check.phrases:
            words = phrase_in(turn, phrase)
            if words is not None:
                return Found.of_words(ItemVerdict.FAILED, f"{_failure(item)}.", turn, words)
    if place_doubtful(talk, "anywhere"):
        return Found.cannot_tell(_POOR)
    return Found(ItemVerdict.PASSED, _title(item))


def _turns_of(talk: Talk, speaker: Speaker, place: str) -> list[Turn]:
    if speaker is Speaker.CLIENT:
        return [t for t in talk.turns if t.speaker is Speaker.CLIENT and not t.machine]
    return agent_turns(talk, place)


def _wanted(check: Heard) -> str:
    """What the words should have named, in the genitive."""
    return " или ".join(dict.fromkeys(_SLOTS[slot] for slot in check.slots))


def _title(item: Item) -> str:
    return f"{item.title.ru.rstrip('.')}."


def _failure(item: Item) -> str:
    return item.failure.ru.rstrip(".")


def _short(action: Action) -> str:
    text = " ".join(action.quote.split())
    return text if len(text) <= 60 else f"{text[:59].rstrip()}…"
