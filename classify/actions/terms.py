"""`terms_agreed`: the client takes the terms, or turns them down."""

from __future__ import annotations

from classify.actions.findings import Findings
from classify.actions.money import bare_sums
from classify.actions.refusal import refused
from classify.actions.sum_of import whole_sums
from classify.actions.timing import placed
from classify.dialogue import Hit, Talk, Turn, make_action
from models.vocabulary.action import Action, ActionStatus, ActionType
from models.vocabulary.transcript import Speaker

NEAR = 4  # words after a yes in which a refusal takes it back

SOON = 8  # words within which a bare answer speaks of the price just named


def find(talk: Talk, _: Findings) -> list[Action]:
    """The client's last word on the terms."""
    words = [(h, ActionStatus.DONE) for h in talk.all_hits("terms.agree", Speaker.CLIENT)]
    words += [(h, ActionStatus.DONE) for h in _offered(talk)]
    words += [(h, ActionStatus.DONE) for h in _after_price(talk, "terms.agree_short")]
    words += [(h, ActionStatus.DECLINED) for h in talk.all_hits("terms.refuse", Speaker.CLIENT)]
    words += [(h, ActionStatus.DECLINED) for h in _after_price(talk, "terms.refuse_short")]
    noes = refused(talk)
    words = [
        (h, s)
        for h, s in words
        if not _hypothetical(talk, h)
        and not (s is ActionStatus.DONE and _taken_back(talk, h, noes))
    ]
    if not words:
        return []
    hit, status = max(words, key=lambda w: (w[0].turn.index, w[0].start))
    return [
        make_action(
            ActionType.TERMS_AGREED,
            status,
            hit.turn,
            (hit.start, hit.end),
            cues=(f"{hit.cue}: {hit.wording}",),
            confidence=0.8,
        )
    ]


def _taken_back(talk: Talk, hit: Hit, noes: list[Hit]) -> bool:
    """Whether the breath of a yes, or a last no after it, refuses the whole offer."""
    return any(
        no.turn.index == hit.turn.index
        or (no.turn.index > hit.turn.index and talk.has("refusal.about_all", no.turn))
        for no in noes
    )


def _offered(talk: Talk) -> list[Hit]:
    """«На триста договариваемся?» — «Да»: the agent asks for the yes, the client gives it."""
    out = []
    bare = [h for h in talk.all_hits("terms.ask_bare", Speaker.AGENT) if _priced(talk, h.turn)]
    for asked in [*talk.all_hits("terms.ask", Speaker.AGENT), *bare]:
        if talk.has("terms.other_topic", asked.turn):
            continue
        for turn in talk.near(asked.turn, 1, Speaker.CLIENT):
            yes = [h for h in talk.hits("stance.accept", turn) if h.start <= 3]
            doubt = [*talk.hits("stance.defer", turn), *talk.hits("stance.decline", turn)]
            if yes and not doubt and not any(t.form in ("бы", "если") for t in turn.tokens):
                out.append(yes[0])
    return out


def _after_price(talk: Talk, cue: str) -> list[Hit]:
    """«Девяносто тысяч за всё» — «Ладно, согласна»: a short answer right after the price."""
    out = []
    for hit in talk.all_hits(cue, Speaker.CLIENT):
        asked = talk.before(hit.turn, 1, Speaker.AGENT)
        priced = any(_priced(talk, t) or talk.has("terms.about", t) for t in asked)
        priced = priced or _priced(talk, hit.turn)
        other = any(_elsewhere(talk, t) for t in asked)
        soon = hit.start <= SOON or hit.turn.punctuated
        if priced and soon and not other and not hit.turn.asks(hit.start):
            out.append(hit)
    return out


def _elsewhere(talk: Talk, turn: Turn) -> bool:
    """Whether the agent's turn puts something else to the client: a visit, a call, a paper."""
    topics = ("meeting.propose", "terms.other_topic", "payment.received")
    if any(talk.has(cue, turn) for cue in topics):
        return True
    return bool(placed(talk, turn)) and not (_priced(talk, turn) or talk.has("terms.about", turn))


def _priced(talk: Talk, turn: Turn) -> bool:
    """Whether a turn names a price, said in full or short («ладно, сто шестьдесят пять»)."""
    if whole_sums(talk, turn):
        return True
    clocks = {i for p in placed(talk, turn) for i in range(p.start, p.end)}
    return any(clocks.isdisjoint(range(s.start, s.end)) for s in bare_sums(talk, turn))


def _hypothetical(talk: Talk, hit: Hit) -> bool:
    return any(
        h.turn.tokens[h.start].sentence == hit.turn.tokens[hit.start].sentence
        and -2 <= hit.start - h.end <= 4
        for h in talk.hits("terms.hypothetical", hit.turn)
    )
