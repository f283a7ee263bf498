"""`contract_sent` and `contract_signed`."""

from __future__ import annotations

from classify.actions.answered import answers, due_between
from classify.actions.documents import Paper
from classify.actions.english_deals import due_said, signed, to_be_signed
from classify.actions.findings import Findings
from classify.actions.papers import paper_actions
from classify.actions.timing import placed
from classify.citation import make_action
from classify.dialogue import Hit, Talk
from models.vocabulary.action import Action, ActionStatus, ActionType, SlotValue
from models.vocabulary.transcript import Speaker

MEMORY = 6  # turns for which the contract stays the paper spoken of
NEARBY = 7  # words between a signing and its paper
PAPERS = ("papers.contract", "contract.other_paper", "contract.paper")
FINISHED = ("papers.act", "work.accepted", "work.handed", "work.praise", "work.asked_fine")


def find_sent(talk: Talk, found: Findings) -> list[Action]:
    """The contract that our side will send, or that is proved to have been sent."""
    return paper_actions(talk, found, Paper.CONTRACT, ActionType.CONTRACT_SENT)


def find_signed(talk: Talk, _: Findings) -> list[Action]:
    """The contract that is signed, or that the client will sign; both where there are two."""
    will, done = _in_english(talk) if talk.context.language == "en" else _in_russian(talk)
    out = []
    if done:
        out.append(_action(ActionStatus.DONE, done[0], {}))
    later = [h for h in will if not done or _at(h) > _at(done[0])]
    if later:
        dated = [h for h in later if _due(talk, h)]
        best = (dated or later)[-1]
        out.append(_action(ActionStatus.PROMISED, best, _due(talk, best)))
    return out


def _in_russian(talk: Talk) -> tuple[list[Hit], list[Hit]]:
    """The promises to sign and the words that it is signed."""
    will = [*talk.all_hits("contract.will_sign", Speaker.CLIENT), *_announced(talk)]
    will = sorted((h for h in will if _counts(talk, h)), key=_at)
    done = [
        *talk.all_hits("contract.signed"),
        *talk.all_hits("contract.signed_client", Speaker.CLIENT),
        *talk.all_hits("contract.signed_agent", Speaker.AGENT),
        *answers(talk, "contract.ask_signed", times=False, echo=True),
    ]
    return will, sorted((h for h in done if _counts(talk, h) and not _within(h, will)), key=_at)


def _in_english(talk: Talk) -> tuple[list[Hit], list[Hit]]:
    """The promises to sign and the words that it is signed."""
    will = [*to_be_signed(talk), *(h for h in _announced(talk) if _counts(talk, h))]
    will.sort(key=_at)
    answered = answers(talk, "contract.ask_signed", times=False, echo=True)
    done = [*signed(talk), *(h for h in answered if _counts(talk, h))]
    return will, sorted((h for h in done if not _within(h, will)), key=_at)


def _announced(talk: Talk) -> list[Hit]:
    """«Когда подпишете?» — «В среду», «Подпишете завтра?» — «Да»."""
    return [
        *answers(talk, "contract.when_sign", yes=False),
        *_told_when(talk),
        *answers(talk, "contract.ask_sign", echo=True),
    ]


def _told_when(talk: Talk) -> list[Hit]:
    """«А подмахнёте когда?» — «Пятого приду, первым делом»: a day, whatever verb it hangs on."""
    out = []
    for asked in talk.all_hits("contract.when_sign", Speaker.AGENT):
        for turn in talk.near(asked.turn, 1, Speaker.CLIENT):
            coming = [p for p in placed(talk, turn) if not p.mention.past]
            if coming and not talk.has("contract.left_open", turn) and not turn.asks(0):
                first = coming[0]
                out.append(Hit(asked.cue, turn, first.start, first.end, asked.wording))
    return out


def _due(talk: Talk, hit: Hit) -> dict[str, SlotValue]:
    due = due_between(talk, hit, ("contract.ask_sign", "contract.when_sign"))
    return due if due or talk.context.language != "en" else due_said(talk, hit)


def _within(hit: Hit, will: list[Hit]) -> bool:
    """«Верну подписанный»: words of a promise, not of a thing done."""
    return any(h.turn is hit.turn and h.start <= hit.start and hit.end <= h.end for h in will)


def _at(hit: Hit) -> tuple[int, int]:
    return hit.turn.index, hit.start


def _counts(talk: Talk, hit: Hit) -> bool:
    """Whether what is signed is a contract: named nearby, or the last paper spoken of."""
    near = [
        (abs(h.start - hit.start), paper)
        for paper in PAPERS
        for h in talk.hits(paper, hit.turn)
        if abs(h.start - hit.start) <= NEARBY
    ]
    if near:
        return _is_contract(talk, min(near)[1]) and not _act_of(talk, hit)
    for turn in [hit.turn, *talk.before(hit.turn, MEMORY)]:
        papers = [
            (h.start, paper)
            for paper in PAPERS
            for h in talk.hits(paper, turn)
            if turn is not hit.turn or h.start < hit.start
        ]
        if papers:
            return _is_contract(talk, max(papers)[1])
    return any(talk.has("papers.contract", t) for t in talk.near(hit.turn, 1))


def _is_contract(talk: Talk, named: str) -> bool:
    """A paper called only a paper is the contract, unless the call is of finished work."""
    if named != "contract.paper":
        return named == "papers.contract"
    if talk.all_hits("papers.contract"):
        return True
    return not any(talk.all_hits(cue) for cue in FINISHED)


def _act_of(talk: Talk, hit: Hit) -> bool:
    """«Акт по договору подписали»: the contract only says whose act it is."""
    acts = {h.end for h in talk.hits("papers.act", hit.turn)}
    named = talk.hits("papers.contract", hit.turn)
    return any(h.start - 1 in acts and hit.turn.tokens[h.start - 1].form == "по" for h in named)


def _action(status: ActionStatus, hit: Hit, slots: dict[str, SlotValue]) -> Action:
    return make_action(
        ActionType.CONTRACT_SIGNED,
        status,
        hit.turn,
        (hit.start, hit.end),
        cues=(f"{hit.cue}: {hit.wording}",),
        slots=slots,
        confidence=0.85,
    )
