"""How a call ended up: exactly one outcome."""

from __future__ import annotations

from collections.abc import Sequence

from classify.actions.findings import Findings
from classify.dialogue import Talk, Turn
from classify.text import NOISE
from models.vocabulary.action import ActionType, Outcome
from models.vocabulary.call import Direction
from models.vocabulary.transcript import Speaker

SHORT_S = 10.0
WORDS_A_SECOND = 2.2
COURTESIES = frozenset(
    {
        ActionType.GREETING,
        ActionType.SELF_INTRODUCTION,
        ActionType.COMPANY_INTRODUCTION,
        ActionType.FAREWELL,
    }
)


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
    if _garbled(talk):
        return Outcome.UNINTELLIGIBLE
    if any(talk.has("outcome.wrong_number", t) for t in people):
        return Outcome.WRONG_NUMBER
    if _short(talk, found):
        return Outcome.TOO_SHORT
    return Outcome.GATEKEEPER if _gatekeeper(talk, found, people) else Outcome.CONVERSATION


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
    return not agent or any(talk.has("outcome.ringing", t) for t in agent) or _words(talk) < 40


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
    odd = sum(
        (len(token.form) <= 2 and token.form not in _SHORT_WORDS)
        or not any(p.known for p in token.parses)
        for token in client
    )
    share = odd / len(client)
    return (complaints >= 1 and share >= 0.3) or (complaints >= 2 and share >= 0.15) or share >= 0.6


_SHORT_WORDS = frozenset(
    [
        "а",
        "в",
        "и",
        "к",
        "о",
        "с",
        "у",
        "я",
        "не",
        "на",
        "но",
        "до",
        "да",
        "за",
        "из",
        "ли",
        "мы",
        "ну",
        "об",
        "он",
        "от",
        "по",
        "со",
        "то",
        "ты",
        "уж",
        "вы",
        "же",
        "бы",
        "ни",
        "та",
        "те",
        "ту",
        "тд",
        "ой",
        "ах",
        "ох",
        "ага",
        "им",
        "их",
        "ее",
        "ей",
        "ок",
        "мм",
        "им",
    ]
)


def _short(talk: Talk, found: Findings) -> bool:
    if any(a.type not in COURTESIES for a in found.actions):
        return False
    words = _words(talk)
    spoken = talk.context.speech_s
    if spoken is None:
        spoken = words / WORDS_A_SECOND
    return spoken < SHORT_S or words <= 12


def _gatekeeper(talk: Talk, found: Findings, people: Sequence[Turn]) -> bool:
    decided = (
        ActionType.MEETING_BOOKED,
        ActionType.TERMS_AGREED,
        ActionType.NEEDS_CLARIFIED,
        ActionType.INTEREST_EXPRESSED,
        ActionType.REFUSAL,
        ActionType.PAYMENT,
        ActionType.WORK_ACCEPTED,
        ActionType.PROPOSAL_DISCUSSED,
    )
    put_through = any(talk.has("outcome.put_through", t) for t in people)
    if put_through or any(found.of(kind) for kind in decided):
        return False
    agent = [t for t in talk.turns if t.speaker is Speaker.AGENT]
    desk = any(talk.has("outcome.desk", t) for t in people[:2])
    asked = any(talk.has("outcome.asks_for", t) for t in agent[:4])
    absent = any(talk.has("outcome.absent", t) for t in people)
    passes = any(talk.has("outcome.passes_on", t) for t in people)
    signs = 2 * desk + asked + absent + passes
    return signs >= 2


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
