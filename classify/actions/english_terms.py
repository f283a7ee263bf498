"""English terms taken or turned down, told by the price before and by what the agent does next."""

from __future__ import annotations

from classify.actions.english_reactions import english_sums
from classify.dialogue import Hit, Talk, Turn
from models.vocabulary.transcript import Speaker

LATELY = 3  # turns of the agent in which the price was named
BARE_NO = 4  # words of a turn that is a no to the figure just put


def sealed(talk: Talk) -> list[Hit]:
    """The client's turns after a price that the agent then acts on: «Great, I'll invoice you»."""
    if talk.context.language != "en":
        return []
    out = []
    for turn in talk.turns:
        if turn.speaker is not Speaker.AGENT or not _acts(talk, turn):
            continue
        said = next(iter(talk.before(turn, 1)), None)
        if said is not None and said.speaker is Speaker.CLIENT and _takes(talk, said):
            out.append(Hit("", said, 0, len(said.tokens), "a price that the agent acts on"))
    return out


def _acts(talk: Talk, turn: Turn) -> bool:
    """Whether an agent is glad and goes on to the contract, the bill, the deposit or the start."""
    glad = [h for h in talk.hits("terms.glad", turn) if h.start <= 1]
    return bool(glad) and talk.has("terms.sealing", turn)


def _takes(talk: Talk, turn: Turn) -> bool:
    """Whether a turn lets the price stand: no question, no doubt, no no."""
    asked = talk.before(turn, LATELY, Speaker.AGENT)
    if not any(english_sums(talk, t) for t in asked):
        return False
    doubts = ("stance.decline", "stance.defer", "terms.refuse", "terms.refuse_terms", "terms.done")
    if any(talk.has(cue, turn) for cue in doubts):
        return False
    return not (turn.tokens and "?" in turn.tokens[-1].closes)


def off_topic(talk: Talk, hit: Hit) -> bool:
    """Whether English words of a yes («let's do it») stand where no terms were spoken of."""
    if talk.context.language != "en":
        return False
    asked = [hit.turn, *talk.before(hit.turn, LATELY, Speaker.AGENT)]
    about = ("terms.about", "terms.ask", "terms.asks_decision")
    spoken = any(english_sums(talk, t) for t in asked) or talk.has("terms.about", hit.turn)
    return not (spoken or any(talk.has(cue, t) for cue in about for t in asked[1:]))


def flat_noes(talk: Talk) -> list[Hit]:
    """«Forty is fifty in a nicer hat, no»: a no that begins or ends the answer to a new figure."""
    if talk.context.language != "en":
        return []
    out = []
    for turn in talk.turns:
        if turn.speaker is not Speaker.CLIENT or not turn.tokens:
            continue
        asked = talk.before(turn, 1, Speaker.AGENT)
        if not any(english_sums(talk, t) and talk.has("terms.offers", t) for t in asked):
            continue
        at = _no(turn)
        if at is not None and not talk.has("terms.agree_short", turn):
            out.append(Hit("", turn, at, at + 1, "a no to the figure"))
    return out


def _no(turn: Turn) -> int | None:
    forms = [t.form for t in turn.tokens]
    if forms[-1] in ("no", "nope"):
        return len(forms) - 1
    if forms[0] in ("no", "nope", "nah") and (len(forms) <= BARE_NO or bool(turn.tokens[0].closes)):
        return 0
    return None
