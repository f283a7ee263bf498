"""`terms_agreed`: the client takes the terms, or turns them down."""

from __future__ import annotations

from classify.actions.english_terms import flat_noes, off_topic, sealed
from classify.actions.findings import Findings
from classify.actions.money import bare_sums
from classify.actions.refusal import refused
from classify.actions.sum_of import whole_sums
from classify.actions.timing import placed
from classify.citation import make_action
from classify.dialogue import Hit, Talk, Turn
from models.vocabulary.action import Action, ActionStatus, ActionType
from models.vocabulary.transcript import Speaker

NEAR = 4  # words after a yes in which a refusal takes it back

AT_ONCE = 2  # words within which an agent's yes takes the client's bid
FIRST = 4  # words within which a decision is told
LATELY = 3  # turns of the agent in which the terms were spoken of
SOON = 8  # words within which a bare answer speaks of the price just named


def find(talk: Talk, found: Findings) -> list[Action]:
    """The client's last word on the terms."""
    agreed = talk.all_hits("terms.agree", Speaker.CLIENT)
    words = [(h, ActionStatus.DONE) for h in agreed if not off_topic(talk, h)]
    words += [(h, ActionStatus.DONE) for h in _offered(talk)]
    words += [(h, ActionStatus.DONE) for h in _after_price(talk, "terms.agree_short")]
    words += [(h, ActionStatus.DONE) for h in _after_price(talk, "terms.agree_weak", sums=True)]
    words += [(h, ActionStatus.DONE) for h in _bid_taken(talk)]
    words += [(h, ActionStatus.DONE) for h in [*_decided(talk), *sealed(talk)]]
    words += [(h, ActionStatus.DECLINED) for h in talk.all_hits("terms.refuse", Speaker.CLIENT)]
    words += [(h, ActionStatus.DECLINED) for h in _after_price(talk, "terms.refuse_short")]
    words += [(h, ActionStatus.DECLINED) for h in _after_price(talk, "terms.refuse_terms")]
    words += [(h, ActionStatus.DECLINED) for h in flat_noes(talk)]
    noes = refused(talk)
    words = [
        (h, s)
        for h, s in words
        if not (_hypothetical(talk, h) or _of_the_work(talk, found, h))
        and not (s is ActionStatus.DONE and _no_agreement(talk, found, h, noes))
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


def _of_the_work(talk: Talk, found: Findings, hit: Hit) -> bool:
    """Whether the turn takes or sends back finished work: then the words are of that."""
    if talk.has("terms.of_deal", hit.turn):
        return False
    return any(action.quote in hit.turn.text for action in found.of(ActionType.WORK_ACCEPTED))


def _no_answer(talk: Talk, hit: Hit) -> bool:
    """Whether a yes is none to the terms: a need told, another supplier praised, a «would»."""
    if hit.turn.speaker is not Speaker.CLIENT:
        return False
    if talk.has("objection.competitor", hit.turn) and not talk.has("terms.to_you", hit.turn):
        return True
    if any(w.turn.index >= hit.turn.index for w in talk.all_hits("terms.would", Speaker.CLIENT)):
        return True
    asked = talk.before(hit.turn, 1, Speaker.AGENT)
    if any(talk.has("terms.asks_spent", t) for t in asked):
        return True
    return any(talk.has("needs.question", t) and not _on_terms(talk, t) for t in asked)


def _on_terms(talk: Talk, turn: Turn) -> bool:
    return _priced(talk, turn) or talk.has("terms.about", turn)


def _no_agreement(talk: Talk, found: Findings, hit: Hit, noes: list[Hit]) -> bool:
    """Whether what sounds like a yes is none: taken back, about else, or the deal is made."""
    made = found.of(ActionType.CONTRACT_SIGNED, ActionStatus.DONE)
    if any(deed.quote in turn.text for deed in made for turn in talk.turns[: hit.turn.index]):
        return True
    return _taken_back(talk, hit, noes) or _no_answer(talk, hit)


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


def _bid_taken(talk: Talk) -> list[Hit]:
    """«Скинете пять — беру» — «Ладно, скидываю»: the client's own terms, taken by the agent."""
    out = []
    for bid in talk.all_hits("terms.bid", Speaker.CLIENT):
        for turn in talk.near(bid.turn, 1, Speaker.AGENT):
            yes = [h for h in talk.hits("stance.accept", turn) if h.start <= AT_ONCE]
            no = talk.has("stance.decline", turn) or any(
                t.form in ("не", "но") for t in turn.tokens
            )
            if yes and not no and _on_terms(talk, bid.turn) and not _elsewhere(talk, turn):
                out.append(yes[0])
    return out


def _decided(talk: Talk) -> list[Hit]:
    """«Что решили по смете?» — «Делаем»: the answer to a question for the decision."""
    return [
        hit
        for hit in talk.all_hits("terms.decided", Speaker.CLIENT)
        for asked in talk.before(hit.turn, 1, Speaker.AGENT)
        if hit.start <= FIRST
        and talk.has("terms.asks_decision", asked)
        and not _elsewhere(talk, asked)
    ]


def _after_price(talk: Talk, cue: str, *, sums: bool = False) -> list[Hit]:
    """«Девяносто тысяч за всё» — «Ладно, согласна»: a short answer right after the price.

    A sum in the client's own words counts where the agent had spoken of terms just before; with
    `sums` the words are so weak that only a sum said right before will do.
    """
    out = []
    for hit in talk.all_hits(cue, Speaker.CLIENT):
        asked = talk.before(hit.turn, 1, Speaker.AGENT)
        priced = any(_priced(talk, t) if sums else _on_terms(talk, t) for t in asked)
        lately = talk.before(hit.turn, LATELY, Speaker.AGENT)
        own = _priced(talk, hit.turn) and any(_on_terms(talk, t) for t in lately)
        soon = hit.start <= SOON or hit.turn.punctuated
        other = any(_elsewhere(talk, t) for t in asked)
        if (priced or own) and soon and not other and not hit.turn.asks(hit.start):
            out.append(hit)
    return out


def _elsewhere(talk: Talk, turn: Turn) -> bool:
    """Whether the agent's turn puts something else to the client: a visit, a call, a paper."""
    topics = (
        *("meeting.propose", "payment.received"),
        *("terms.other_topic", "terms.invoice", "terms.paid"),
    )
    if any(talk.has(cue, turn) for cue in topics):
        return True
    if talk.has("terms.sends", turn) and not _priced(talk, turn):
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
