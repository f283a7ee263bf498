"""`terms_agreed`: the client takes the terms, or turns them down."""

from __future__ import annotations

from classify.actions.findings import Findings
from classify.actions.money import sums
from classify.actions.timing import placed
from classify.dialogue import Hit, Talk, make_action
from models.vocabulary.action import Action, ActionStatus, ActionType
from models.vocabulary.transcript import Speaker

NEAR = 4  # words after a yes in which a refusal takes it back


def find(talk: Talk, _: Findings) -> list[Action]:
    """The client's last word on the terms."""
    words = [(h, ActionStatus.DONE) for h in talk.all_hits("terms.agree", Speaker.CLIENT)]
    words += [(h, ActionStatus.DONE) for h in [*_offered(talk), *_after_price(talk)]]
    words += [(h, ActionStatus.DECLINED) for h in talk.all_hits("terms.refuse", Speaker.CLIENT)]
    words = [(h, s) for h, s in words if not _hypothetical(talk, h) and not _refused(talk, h, s)]
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


def _offered(talk: Talk) -> list[Hit]:
    """«На триста договариваемся?» — «Да»: the agent asks for the yes, the client gives it."""
    out = []
    for asked in talk.all_hits("terms.ask", Speaker.AGENT):
        for turn in talk.near(asked.turn, 1, Speaker.CLIENT):
            yes = [h for h in talk.hits("stance.accept", turn) if h.start <= 3]
            doubt = [*talk.hits("stance.defer", turn), *talk.hits("stance.decline", turn)]
            if yes and not doubt:
                out.append(yes[0])
    return out


def _after_price(talk: Talk) -> list[Hit]:
    """«Девяносто тысяч за всё» — «Ладно, согласна»: a short yes right after the price."""
    out = []
    for hit in talk.all_hits("terms.agree_short", Speaker.CLIENT):
        asked = talk.before(hit.turn, 1, Speaker.AGENT)
        priced = any(sums(talk, t) or talk.has("terms.about", t) for t in asked)
        other = any(talk.has("meeting.propose", t) or placed(talk, t) for t in asked)
        if priced and not other and not hit.turn.asks(hit.start):
            out.append(hit)
    return out


def _refused(talk: Talk, hit: Hit, status: ActionStatus) -> bool:
    """«Мы решили с вами не работать»: who refuses the offer in a breath agrees to nothing."""
    return status is ActionStatus.DONE and any(
        refused.end > hit.start and refused.start < hit.end + NEAR
        for refused in talk.hits("refusal.whole", hit.turn)
    )


def _hypothetical(talk: Talk, hit: Hit) -> bool:
    return any(
        h.turn.tokens[h.start].sentence == hit.turn.tokens[hit.start].sentence
        and -2 <= hit.start - h.end <= 4
        for h in talk.hits("terms.hypothetical", hit.turn)
    )
