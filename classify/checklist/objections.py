"""Whether an objection was answered in substance, or only noted: «понятно, до свидания».

What the agent says after the objection is read sentence by sentence. Words that only
acknowledge, apologise, part or hand the matter back (`reply.brush_off`), words that ask for an
address or a name (`reply.moves_on`) and the client's own words said back do not count. What
remains is an answer when it holds enough words of content, or when it asks about the
objection. An objection of time or of somebody else's say is answered by a next contact, too.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from classify.checklist.places import Spot, spot_of
from classify.dialogue import Talk, Turn
from classify.text import FILLERS, Token
from classify.timewords.numerals import words
from models.vocabulary.action import Action, ActionStatus, ActionType
from models.vocabulary.transcript import Speaker

REPLIES = 2  # turns of the agent in which an answer may come
SUBSTANCE = 2  # content words that make an answer; a sum or a number counts as two
OPENS = 3  # words in which a question without a mark begins with its question word
PUT_OFF = frozenset({"think", "timing", "authority"})  # answered by a next contact as well
_NEXT_CONTACT = frozenset({ActionType.FOLLOW_UP_AGREED, ActionType.MEETING_BOOKED})
_QUESTION_WORDS = frozenset(
    words(
        "что чего чем почему отчего зачем сколько какой какая какое какие какую каких какими кто "
        "кого кому кем когда где откуда насколько верно правильно "
        "why what how which who when where"
    )
)
_EMPTY = frozenset(
    words(
        "да нет ага угу хорошо ладно окей ок понятно ясно понять понимать конечно так такой вы мы "
        "я он она они вас вам нас нам ваш наш это этот тот тогда просто уже еще бы же ли быть мочь "
        "весь все спасибо пожалуйста извинить простить жаль сам очень ну вот "
        "позвонить звонить перезвонить набрать созвониться связаться звякнуть "
        "now okay yes no well so just the a call ring phone"
    )
)
_CONTENT = frozenset(
    words("NOUN ADJF ADJS COMP VERB INFN NUMR LATN PRTF PRTS GRND ADVB Anum PRED NUMB")
)


class Reply(StrEnum):
    """What came of an objection."""

    ANSWERED = "answered"
    UNANSWERED = "unanswered"
    NO_CHANCE = "no_chance"


@dataclass(frozen=True, slots=True)
class Handled:
    """An objection, what came of it and the turn that decides (the answer, or the empty words)."""

    objection: Action
    reply: Reply
    turn: Turn | None = None
    words: tuple[int, int] | None = None


def handled(talk: Talk, objection: Action, actions: Sequence[Action]) -> Handled:
    """What the agent made of one objection; `actions` are all that were heard in the call.

    A client who hangs up right after objecting leaves the agent no chance.
    """
    spot = spot_of(talk, objection)
    if spot is None:
        return Handled(objection, Reply.NO_CHANCE)
    said = talk.turns[spot.turn]
    replies = _replies(talk, said)
    for turn in replies:
        place = _answer(talk, turn, said)
        if place is not None:
            return Handled(objection, Reply.ANSWERED, turn, place)
    if objection.slots.get("kind") in PUT_OFF:
        agreed = _next_contact(talk, spot, replies, actions)
        if agreed is not None:
            return Handled(objection, Reply.ANSWERED, agreed, (0, len(agreed.tokens)))
    if not replies:
        return Handled(objection, Reply.NO_CHANCE)
    return Handled(objection, Reply.UNANSWERED, replies[0], (0, len(replies[0].tokens)))


def _replies(talk: Talk, said: Turn) -> list[Turn]:
    """The agent's next turns; a speaker whom nobody could tell may be the agent."""
    after = [t for t in talk.turns[said.index + 1 :] if not t.machine and t.tokens]
    return [t for t in after if t.speaker is not Speaker.CLIENT][:REPLIES]


def _answer(talk: Talk, turn: Turn, said: Turn) -> tuple[int, int] | None:
    """The words of a turn that answer: its first sentence of substance, or all that add up."""
    empty = _empty_places(talk, turn) | _of_a_time(talk, turn)
    echoed = {parse.lemma for token in said.tokens for parse in token.parses}
    told: list[int] = []
    for first, end in _sentences(turn):
        if _moves_on(talk, turn, first, end):
            continue
        content = [
            at for at in range(first, end) if at not in empty and _tells(turn.tokens[at], echoed)
        ]
        if _asks(turn, (first, end), content, empty):
            return first, end
        told += content
        if len(told) + sum(_counts(turn.tokens[at]) for at in told) >= SUBSTANCE:
            return told[0], end
    return None


def _asks(
    turn: Turn, sentence: tuple[int, int], content: Sequence[int], empty: Container[int]
) -> bool:
    """Whether a sentence asks back: «А что именно смущает?», «С чем сравниваете?»."""
    first, end = sentence
    asking = [
        at
        for at in range(first, end)
        if at not in empty and turn.tokens[at].form in _QUESTION_WORDS
    ]
    if "?" in turn.tokens[end - 1].closes:
        return bool(content or (asking and end - first > 1))
    if turn.punctuated or not asking:
        return False
    return end - first > 1 and asking[0] - first < OPENS


def _counts(token: Token) -> bool:
    """Whether a word is a number: an offer of another sum or term."""
    return token.form.isdigit() or token.has("NUMR") or token.has("NUMB")


def _of_a_time(talk: Talk, turn: Turn) -> set[int]:
    """The words that only name a time: when to talk on is no answer to why not to buy."""
    spans = [(mention.start, mention.end) for mention in talk.times(turn)]
    return {
        at
        for at, token in enumerate(turn.tokens)
        if any(start < token.end and token.start < end for start, end in spans)
    }


def _sentences(turn: Turn) -> Iterator[tuple[int, int]]:
    first = 0
    for at, token in enumerate(turn.tokens):
        last = at + 1 == len(turn.tokens)
        if last or turn.tokens[at + 1].sentence != token.sentence:
            yield first, at + 1
            first = at + 1


def _empty_places(talk: Talk, turn: Turn) -> set[int]:
    cues = ("reply.brush_off", "courtesies.farewell")
    return {at for cue in cues for hit in talk.hits(cue, turn) for at in range(hit.start, hit.end)}


def _moves_on(talk: Talk, turn: Turn, first: int, end: int) -> bool:
    return any(first <= hit.start < end for hit in talk.hits("reply.moves_on", turn))


def _tells(token: Token, echoed: set[str]) -> bool:
    """Whether a word says something that the objection did not say already."""
    lemmas = {parse.lemma for parse in token.parses} | {token.form}
    if lemmas & _EMPTY or token.form in FILLERS or lemmas & echoed:
        return False
    return token.form.isdigit() or any(
        not parse.grammemes or not _CONTENT.isdisjoint(parse.grammemes) for parse in token.parses
    )


def _next_contact(
    talk: Talk, spot: Spot, replies: Sequence[Turn], actions: Sequence[Action]
) -> Turn | None:
    """The turn in which the agent names a day, or a next contact is agreed, after the objection."""
    for turn in replies:
        if talk.times(turn):
            return turn
    for action in actions:
        if action.type not in _NEXT_CONTACT or action.status is not ActionStatus.DONE:
            continue
        agreed = spot_of(talk, action)
        if agreed is not None and spot.before(agreed) and replies:
            turn = talk.turns[agreed.turn]
            if turn.index >= replies[0].index:
                return turn
    return None
