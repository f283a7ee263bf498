"""Reads the judge's answer: what holds becomes actions, the rest is counted with its reason."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from classify.judge.catalogue import CATALOGUE
from classify.judge.question import Question
from classify.judge.quotes import Place, find_quote
from classify.judge.refusals import HARMLESS, Refusal, RefusedError
from classify.judge.said import Said, what_was_said
from classify.judge.slots import read_slots
from models.vocabulary.action import Action, ActionStatus, ActionType, HeardCall, Outcome
from models.vocabulary.transcript import Speaker

ALONE = "judge.alone"  # the cue of an action that the engine did not hear
_LONGEST_ANSWER = 400_000  # characters
_MOST_ACTIONS = 60
_THOUGHT = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)
_FENCED = re.compile(r"```\w*\s*\n(.*)\n\s*```", re.DOTALL)


class UnreadableAnswerError(ValueError):
    """The answer as a whole is no answer to the question; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the judge heard, as far as it holds.

    `refused` counts what does not hold by its reason; `unsettled` are the actions about
    which something was refused, so that the judge's silence on them says nothing.
    """

    heard: HeardCall
    refused: Mapping[Refusal, int]
    unsettled: frozenset[ActionType] = frozenset()

    @property
    def trusted(self) -> bool:
        """Whether the answer may be used: no more of its actions were refused than held."""
        lost = sum(n for reason, n in self.refused.items() if reason not in HARMLESS)
        return lost <= len(self.heard.actions)


def read_answer(text: str, question: Question, *, confidence: float) -> Opinion:
    """Reads an answer to `question`.

    Args:
        text: what the model wrote; a Markdown fence or a thought around the JSON falls off.
        question: what it was asked.
        confidence: how sure an action is that only the judge heard.

    Raises:
        UnreadableAnswerError: it is no JSON, or not of the form that was asked for.
    """
    document = _document(text)
    outcome, items = document.get("outcome"), document.get("actions")
    if outcome not in list(Outcome) or not isinstance(items, list):
        raise UnreadableAnswerError("it has no known `outcome` or no list of `actions`")
    if len(items) > _MOST_ACTIONS:
        raise UnreadableAnswerError(f"it lists {len(items)} actions, more than {_MOST_ACTIONS}")
    said = what_was_said(question.talk)
    refused: Counter[Refusal] = Counter()
    unsettled: set[ActionType] = set()
    found: dict[tuple[int, int, int], Action] = {}
    for position, item in enumerate(items):
        try:
            place, action, lost = _action(item, question, said, confidence)
            _check_new(action, found.values())
        except RefusedError as error:
            refused[error.reason] += 1
            unsettled |= _type_of(item)
        else:
            refused.update(lost)
            found[place.turn.index, place.start, position] = action
    heard = HeardCall(Outcome(outcome), tuple(found[key] for key in sorted(found)))
    return Opinion(heard, dict(refused), frozenset(unsettled - {a.type for a in heard.actions}))


def _document(text: str) -> dict[str, Any]:
    if len(text) > _LONGEST_ANSWER:
        raise UnreadableAnswerError(f"it is longer than {_LONGEST_ANSWER} characters")
    body = _THOUGHT.sub("", text)
    fenced = _FENCED.search(body)
    try:
        document = json.loads(fenced.group(1) if fenced else body)
    except (ValueError, RecursionError) as error:
        raise UnreadableAnswerError("it is no JSON") from error
    if not isinstance(document, dict):
        raise UnreadableAnswerError("it is no JSON object")
    return document


def _action(
    item: object, question: Question, said: Said, confidence: float
) -> tuple[Place, Action, list[Refusal]]:
    if not isinstance(item, dict):
        raise RefusedError(Refusal.MALFORMED)
    kind, status, speaker = _headed(item)
    quote, turn, slots = item.get("quote"), item.get("turn"), item.get("slots") or {}
    if not isinstance(quote, str) or not isinstance(slots, dict):
        raise RefusedError(Refusal.MALFORMED)
    place = find_quote(question, quote, speaker, turn if isinstance(turn, int) else None)
    held, lost = read_slots(kind, slots, said, question.talk.context.started_at.tzinfo)
    action = Action(
        type=kind,
        status=status,
        speaker=speaker,
        quote=place.words,
        confidence=confidence,
        start=place.segment.start,
        end=place.segment.end,
        slots=held,
        cues=(ALONE,),
    )
    return place, action, lost


def _headed(item: Mapping[str, Any]) -> tuple[ActionType, ActionStatus, Speaker]:
    """Type, status and speaker, as far as the closed list allows them together."""
    kinds = _type_of(item)
    if not kinds:
        raise RefusedError(Refusal.UNKNOWN_TYPE)
    [kind] = kinds
    entry = CATALOGUE[kind]
    statuses = [one for one in entry.statuses if one.value == item.get("status")]
    if not statuses:
        raise RefusedError(Refusal.ILLEGAL_STATUS)
    sides = (entry.by,) if entry.by else (Speaker.AGENT, Speaker.CLIENT)
    speakers = [one for one in sides if one.value == item.get("speaker")]
    if not speakers:
        raise RefusedError(Refusal.WRONG_SPEAKER)
    return kind, statuses[0], speakers[0]


def _type_of(item: object) -> set[ActionType]:
    """The one action that an item speaks of, none where it is not on the list."""
    named = item.get("type") if isinstance(item, dict) else None
    return {kind for kind in CATALOGUE if kind.value == named}


def _check_new(action: Action, found: Iterable[Action]) -> None:
    """Refuses what was said before: the same words, or the same thing with the same end."""
    for one in found:
        same = (one.status, one.slots) == (action.status, action.slots)
        if one.type is action.type and (same or one.quote == action.quote):
            raise RefusedError(Refusal.REPEATED)
