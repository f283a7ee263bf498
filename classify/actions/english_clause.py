"""Tense, will and polarity of an English verb, told by the words before it.

«I'll sit down and put my name on», «it went this morning», «that won't go till Friday»: what an
English verb says stands before it, so a phrase of a deed («put ... name on») needs no tense of its
own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from classify.actions.timing import Placed, placed
from classify.dialogue import Talk, Turn
from classify.text import Token
from classify.timewords.numerals import words

BACK = 16  # words before a verb in which its will stands
LOOSE = 2  # words that may part a verb from its «to» or its auxiliary
MORNING_OVER = 10  # the hour from which «this morning» has been
YOU_BACK = 3  # words before a verb in which its «you» stands
CLOSE = 4  # words before a verb in which its «if» or its negation stands


class Tense(StrEnum):
    """When a deed happens, as its clause says it."""

    PAST = "past"
    FUTURE = "future"
    PRESENT = "present"


WILL = frozenset(
    words(
        "will shall gonna can wanna i'll we'll he'll she'll they'll won't shan't can't it'll "
        "that'll you'll there'll who'll ill itll thatll youll would could i'd we'd he'd she'd "
        "they'd might may"
    )
)
WILLING = frozenset(
    words(
        "going want wants need needs like propose plan planning intend mean hope hoping got able "
        "due expect about happy ready have promise aim aiming try trying arranged told asked "
        "supposed set"
    )
)
AUXILIARY = frozenset(
    words(
        "have has had having i've we've you've they've he's she's it's that's been is was were "
        "are being they're i'm am we're there's thing's its thats"
    )
)
LIGHT = frozenset(words("get gets got all be 's"))
PERSONS = frozenset(
    words(
        "i we you he she it they that this who ye both i've we've you've they've he's she's it's "
        "that's i'm we're they're you're"
    )
)
OTHERS = frozenset(words("them him her you people guests customers us clients everybody"))
SEEING = frozenset(words("see have get watch hear find let make"))
ASKING = frozenset(words("did have has is was are were do does haven't hasn't didn't isn't"))
ASKED = frozenset(words("you i we he she it they ye your the himself anyone everybody everyone"))
YOU = frozenset(words("you you've you'd ye you're"))
NOT = frozenset(words("not never nothing no nobody nor neither cannot"))
UNDER = frozenset(words("if unless whether suppose supposing assuming provided"))
WAITING = frozenset(words("when once until till before after soon while moment"))
TILL = frozenset(words("till until before til"))


@dataclass(frozen=True, slots=True)
class Said:
    """What a clause says of its verb."""

    tense: Tense
    negated: bool
    supposed: bool
    yours: bool  # the other side does it
    asked: bool  # «did you sign», «has it gone»: a question, marked or not

    @property
    def real(self) -> bool:
        """Whether the deed is said to be so, neither denied, supposed nor asked."""
        return not (self.negated or self.supposed or self.asked)


def said_of(talk: Talk, turn: Turn, at: int) -> Said:
    """What the clause of the verb at word `at` says."""
    before = _before(turn, at)
    negated = any(_denies(t) for t in before[-CLOSE:])
    if negated and _till(turn, at):
        negated = False
    forms = [t.form for t in before]
    supposed = bool(UNDER.intersection(forms)) or bool(WAITING.intersection(forms[-CLOSE:]))
    doer = next((w for w in forms[: -YOU_BACK - 1 : -1] if w in PERSONS or w in YOU), "")
    yours = doer in YOU
    asked = any(one in ASKING and other in ASKED for one, other in pairwise(forms))
    return Said(_tense(talk, turn, at, before), negated, supposed, yours, asked)


def _before(turn: Turn, at: int) -> list[Token]:
    sentence = turn.tokens[at].sentence
    return [t for t in turn.tokens[max(0, at - BACK) : at] if t.sentence == sentence]


def _denies(token: Token) -> bool:
    return token.form in NOT or token.form.endswith("n't")


def _till(turn: Turn, at: int) -> bool:
    """«That won't go till the twenty-fifth»: it goes then."""
    return any(t.form in TILL for t in turn.tokens[at + 1 : at + 4])


def _tense(talk: Talk, turn: Turn, at: int, before: Sequence[Token]) -> Tense:
    token, last = turn.tokens[at], before[-1].form if before else ""
    if _led(before):
        return Tense.FUTURE
    led_past = last in AUXILIARY or last in LIGHT
    if token.has("past") and (not token.has("INFN") or led_past or _timed(talk, turn, at, True)):
        return Tense.PAST
    if token.has("past") and last not in PERSONS | {"to", "please", "and", "then", ""}:
        return Tense.PAST
    if _timed(talk, turn, at, False):
        fit = last in PERSONS or token.has("pres") or token.has("ing")
        return Tense.FUTURE if fit else Tense.PRESENT
    if token.has("past") and last in PERSONS | {"and", "just", "already"}:
        return Tense.PAST
    return Tense.PAST if _timed(talk, turn, at, True) else Tense.PRESENT


def _led(before: Sequence[Token]) -> bool:  # noqa: PLR0911 - one exit a kind of word
    """Whether a will leads a verb, over what is said between («I'll sit down and sign»)."""
    forms = [t.form for t in before]
    for at in range(len(forms) - 1, -1, -1):
        word, apart = forms[at], len(forms) - 1 - at
        if word in WILL or word.endswith("'ll"):
            return True
        if word == "to" and forms[at - 1 : at] and forms[at - 1] in OTHERS:
            return False
        if word in PERSONS and forms[at - 1 : at] and forms[at - 1] in SEEING:
            continue
        if word == "to" and apart <= LOOSE and not WILLING.isdisjoint(forms[max(0, at - 4) : at]):
            return True
        if word == "let" and forms[at + 1 : at + 2] in (["me"], ["us"]):
            return True
        if apart <= LOOSE and word in AUXILIARY:
            lead = forms[at - 1] if at else ""
            return lead in WILL or lead.endswith("'ll")
        if word in PERSONS and not {"and", "to"}.intersection(forms[at + 1 :]):
            return False
    return False


def _timed(talk: Talk, turn: Turn, at: int, past: bool) -> bool:
    """Whether a time that is over, or one to come, stands in the verb's sentence."""
    sentence = turn.tokens[at].sentence
    return any(
        is_over(talk, p) is past and turn.tokens[p.start].sentence == sentence
        for p in placed(talk, turn)
    )


def is_over(talk: Talk, p: Placed) -> bool:
    """Whether a time has passed: said so, or an hour or a morning of the day that is gone."""
    now, mention = talk.context.started_at, p.mention
    if mention.past or mention.date is None or mention.date > now.date():
        return mention.past
    if mention.time is not None:
        return mention.time <= now.time()
    return mention.part_of_day == "morning" and now.hour >= MORNING_OVER
