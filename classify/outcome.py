"""How a call ended up: exactly one outcome."""

from __future__ import annotations

from collections.abc import Sequence

from classify.actions.findings import Findings
from classify.dialogue import Talk, Turn
from classify.text import NOISE
from models.vocabulary.action import ActionStatus, ActionType, Outcome
from models.vocabulary.call import Direction
from models.vocabulary.transcript import Speaker

SHORT_S = 10.0
WORDS_A_SECOND = 2.2
FEW_WORDS = 12
MESSAGE = 40  # words: fewer said to a silent line reached nobody
LEAST_SPOKEN = 4  # words of a side of which most are no words: «хм» alone is no noise
BRIEF = 60  # words of a call in which a wrong number comes out
GUESSES, DOUBTS = 0.25, 0.4  # mean confidence: below, hardly a word; below, nothing to rest on
COURTESIES = frozenset(
    {
        ActionType.GREETING,
        ActionType.SELF_INTRODUCTION,
        ActionType.COMPANY_INTRODUCTION,
        ActionType.FAREWELL,
    }
)

# What a few words of courtesy or a stranger's «не интересно» may look like.
LIGHT = frozenset(
    {
        ActionType.REFUSAL,
        ActionType.OBJECTION,
        ActionType.INTEREST_EXPRESSED,
        ActionType.NEEDS_CLARIFIED,
        ActionType.DECISION_MAKER_IDENTIFIED,
    }
)

SURE_DESK = 3  # signs of a front desk that make even a few words a call to it
BUYER = (
    ActionType.MEETING_BOOKED,
    ActionType.TERMS_AGREED,
    ActionType.REFUSAL,
    ActionType.PAYMENT,
    ActionType.WORK_ACCEPTED,
    ActionType.PROPOSAL_DISCUSSED,
)
TALKS = (ActionType.NEEDS_CLARIFIED, ActionType.INTEREST_EXPRESSED)


def decide(talk: Talk, found: Findings) -> Outcome:  # noqa: PLR0911 - one exit per outcome
    """The outcome of a call, from what was said and what was found in it."""
    if talk.context.direction is Direction.INTERNAL or _colleagues(talk):
        return Outcome.INTERNAL
    people = [t for t in talk.turns if t.speaker is not Speaker.AGENT and not t.machine]
    people = [t for t in people if t.tokens or NOISE.search(t.text)]
    machine = _machine(talk, people)
    if machine is not None:
        return machine
    if _nobody(talk, people):
        return Outcome.NO_ANSWER
    if _garbled(talk) or _doubtful(talk, found):
        return Outcome.UNINTELLIGIBLE
    if _wrong_number(talk, found, people):
        return Outcome.WRONG_NUMBER
    desk = _desk_signs(talk, found, people)
    if desk < SURE_DESK and _short(talk, found):
        return Outcome.TOO_SHORT
    in_substance = any(found.of(kind) for kind in TALKS)
    passed_on = desk >= (SURE_DESK + 1 if in_substance else 2)
    return Outcome.GATEKEEPER if passed_on else Outcome.CONVERSATION


def _machine(talk: Talk, people: Sequence[Turn]) -> Outcome | None:
    machines = [t for t in talk.turns if t.machine]
    if not machines or any(len(t.tokens) > 2 for t in people):
        return None
    if any(talk.has("outcome.voicemail", t) for t in machines):
        return Outcome.VOICEMAIL
    menu = any(talk.has("outcome.menu", t) for t in machines)
    unreachable = any(talk.has("outcome.unreachable", t) for t in machines)
    return Outcome.NO_ANSWER if unreachable and not menu else Outcome.IVR


def _nobody(talk: Talk, people: Sequence[Turn]) -> bool:
    if people:
        return False
    agent = [t for t in talk.turns if t.speaker is Speaker.AGENT]
    return not agent or any(talk.has("outcome.ringing", t) for t in agent) or _words(talk) < MESSAGE


def _wrong_number(talk: Talk, found: Findings, people: Sequence[Turn]) -> bool:
    """The other side says so, or the agent does in a call that settled nothing."""
    if _settled(found):
        return False
    if any(talk.has("outcome.wrong_number", t) for t in people):
        return True
    agent = [t for t in talk.turns if t.speaker is Speaker.AGENT]
    return any(talk.has("outcome.sent_away", t) for t in agent) and _words(talk) < BRIEF


def _settled(found: Findings) -> bool:
    return any(
        a.type not in COURTESIES | LIGHT and a.status is not ActionStatus.PROPOSED
        for a in found.actions
    )


def _doubtful(talk: Talk, found: Findings) -> bool:
    """Words that the recogniser itself took for guesses, and nothing that they settle."""
    sure = words = 0.0
    for turn in talk.turns:
        for _, segment in turn.pieces:
            count = len(segment.text.split())
            sure += segment.confidence * count
            words += count
    mean = sure / words if words else 1.0
    return mean < GUESSES or (mean < DOUBTS and not _settled(found))


def _words(talk: Talk) -> int:
    return sum(len(t.tokens) for t in talk.turns if not t.machine)


def _garbled(talk: Talk) -> bool:
    """Little that is a word on the other side, or an agent who hears nothing."""
    noises = sum(len(NOISE.findall(t.text)) for t in talk.turns)
    if noises and noises * 3 >= _words(talk):
        return True
    complaints = sum(talk.has("outcome.not_heard", t) for t in talk.turns)
    others = [t for t in talk.turns if t.speaker is not Speaker.AGENT and not t.machine]
    client = [token for t in others for token in t.tokens]
    if not client:
        return False
    short = frozenset(talk.book.sets.get("short", ()))
    odd = sum(
        (len(token.form) <= 2 and token.form not in short) or not any(p.known for p in token.parses)
        for token in client
    )
    share = odd / len(client)
    return (
        (complaints >= 1 and share >= 0.3)
        or (complaints >= 2 and share >= 0.15)
        or (share >= 0.6 and len(client) >= LEAST_SPOKEN)
    )


def _short(talk: Talk, found: Findings) -> bool:
    words = _words(talk)
    spoken = talk.context.speech_s
    if spoken is None:
        spoken = words / WORDS_A_SECOND
    if spoken >= SHORT_S and words > FEW_WORDS:
        return False
    return not any(
        a.type not in COURTESIES and a.status is not ActionStatus.PROPOSED for a in found.actions
    )


def _desk_signs(talk: Talk, found: Findings, people: Sequence[Turn]) -> int:
    """Signs that only somebody who passes on was reached; none once a buyer has acted."""
    put_through = any(talk.has("outcome.put_through", t) for t in people)
    if put_through or any(found.of(kind) for kind in BUYER) or _received(found):
        return 0
    agent = [t for t in talk.turns if t.speaker is Speaker.AGENT]
    desk = any(talk.has("outcome.desk", t) for t in people[:2])
    asked = any(talk.has("outcome.asks_for", t) for t in agent[:4])
    absent = any(talk.has("outcome.absent", t) for t in people)
    passes = any(talk.has("outcome.passes_on", t) for t in people)
    not_me = any(talk.has("outcome.not_me", t) for t in people)
    return 2 * desk + asked + absent + passes + not_me


def _received(found: Findings) -> bool:
    return any(
        a.status is ActionStatus.DONE and a.speaker is not Speaker.AGENT
        for a in found.of(ActionType.PROPOSAL_SENT)
    )


def _colleagues(talk: Talk) -> bool:
    """Both ends are ours though the telephone system does not say so.

    They say «ты» and speak of the client, the base, the office as of common things.
    """
    if talk.context.direction is Direction.INTERNAL:
        return True
    polite = sum(talk.has("outcome.polite", t) for t in talk.turns)
    familiar = {t.speaker for t in talk.turns if talk.has("outcome.familiar", t)}
    ours = sum(len(talk.hits("outcome.our_things", t)) for t in talk.turns)
    return polite == 0 and len(familiar) >= 2 and ours >= 2
