"""From the deeds with one paper to its action: promised or done."""

from __future__ import annotations

from classify.actions.deadline import due_beside, free_due, own_due
from classify.actions.documents import Deed, Paper, PaperDeed, final
from classify.actions.findings import Findings
from classify.actions.paper_limits import is_one_of
from classify.actions.timing import placed
from classify.citation import make_action
from classify.dialogue import Talk, Turn
from models.vocabulary.action import Action, ActionStatus, ActionType, SlotValue
from models.vocabulary.transcript import Speaker

AT_ONCE = 4  # words within which the verb of a request is given back («пришлите» — «пришлю»)
PROOF = (Deed.SENT, Deed.RECEIVED, Deed.READ)


def paper_actions(talk: Talk, found: Findings, paper: Paper, kind: ActionType) -> list[Action]:
    """What became of one kind of paper.

    Done where the call proves it was sent, promised where the agent will send it; both where a
    sent one is followed by the promise of a further one.
    """
    deeds = [*final(found.deeds, paper), *_wished(talk, paper)]
    proofs = [d for d in deeds if d.deed in PROOF]
    lost = [d for d in deeds if d.deed is Deed.MISSING]
    if any(d.deed is Deed.SENT for d in proofs):
        lost = []
    others = {d.turn.index for d in found.deeds if d.deed is Deed.PROMISED and d.paper != paper}
    promises = _promises(talk, deeds, others)
    out = []
    if proofs and not (lost and lost[-1].turn.index >= proofs[-1].turn.index):
        out.append(_done(talk, kind, proofs[0]))
    if promises:
        last = _promises_best(talk, promises, deeds)
        out.append(_promised(talk, kind, last, promise_due(talk, last, deeds)))
    return out


def _wished(talk: Talk, paper: Paper) -> list[PaperDeed]:
    """«Договор когда ждёте?»: the agent asks by when it is wanted."""
    return [
        PaperDeed(paper, Deed.REQUESTED, hit.turn, hit.start, hit.end, hit.start)
        for hit in talk.all_hits("papers.wanted_when", Speaker.AGENT)
        if any(hit.start <= h.start < hit.end for h in talk.hits(f"papers.{paper}", hit.turn))
    ]


def _promises(talk: Talk, deeds: list[PaperDeed], others: set[int]) -> list[PaperDeed]:
    """The promises, with the requests that are granted; `others` promise another paper."""
    sent = {(d.turn.index, d.verb) for d in deeds if d.deed is Deed.SENT}
    promises = [d for d in deeds if d.deed is Deed.PROMISED and not _kept(d, sent)]
    for asked in (d for d in deeds if d.deed is Deed.REQUESTED):
        if any(abs(p.turn.index - asked.turn.index) <= 4 for p in promises):
            continue
        for turn in talk.near(asked.turn, 1, Speaker.AGENT):
            place = _granted(talk, turn)
            elsewhere = turn.index in others and not _names(talk, asked)
            if place and not elsewhere and not talk.has("papers.refused", turn):
                promises.append(PaperDeed(asked.paper, Deed.PROMISED, turn, *place, place[0]))
    return sorted(promises, key=lambda d: (d.turn.index, d.start))


def _kept(promise: PaperDeed, sent: set[tuple[int, int]]) -> bool:
    """«Уже кидаю… улетел»: promised and done in one breath."""
    return any(turn == promise.turn.index and verb > promise.verb for turn, verb in sent)


def _names(talk: Talk, deed: PaperDeed) -> bool:
    """Whether the words of a deed name its paper."""
    hits = talk.hits(f"papers.{deed.paper.value}", deed.turn)
    return any(deed.start <= h.start < deed.end for h in hits)


def _granted(talk: Talk, turn: Turn) -> tuple[int, int] | None:
    """The words by which the agent grants a request: a yes, or only the time."""
    for at, token in enumerate(turn.tokens[:AT_ONCE]):
        does = any(is_one_of(talk, name, token) for name in ("send", "make", "hand", "jot"))
        if does and token.has("1per") and "не" not in {t.form for t in turn.tokens[:at]}:
            return at, at + 1
    for cue in ("stance.accept", "papers.will_do"):
        for hit in talk.hits(cue, turn):
            return hit.start, hit.end
    if free_due(talk, turn) and not talk.has("stance.decline", turn):
        times = placed(talk, turn)
        return times[0].start, times[-1].end
    return None


def promise_due(talk: Talk, promise: PaperDeed, deeds: list[PaperDeed]) -> dict[str, SlotValue]:
    """When a promised paper will come: said with it, in the request before it, or right after."""
    own = own_due(talk, promise.turn, promise.verb, promise.verb + 1)
    if not own and not promise.turn.tokens[promise.verb].has("VERB"):
        own = due_beside(talk, promise.turn, *promise.place)
    if own:
        return own
    for asked in deeds:
        if asked.deed is Deed.REQUESTED and 0 < promise.turn.index - asked.turn.index <= 1:
            wished = own_due(talk, asked.turn, asked.verb, asked.verb + 1)
            if wished:
                return wished
    return _due_after(talk, promise)


def _due_after(talk: Talk, promise: PaperDeed) -> dict[str, SlotValue]:
    """The time that is asked for («а когда?») or added in the next turns."""
    for turn in talk.near(promise.turn, 3):
        asked = [t for t in talk.before(turn, 1) if talk.has("papers.when", t)]
        if turn.speaker is not Speaker.AGENT or not asked:
            continue
        said = free_due(talk, turn)
        if said:
            return said
        wished = free_due(talk, asked[0])
        if wished and asked[0].index > promise.turn.index and talk.has("stance.accept", turn):
            return wished
    return {}


def _promises_best(talk: Talk, promises: list[PaperDeed], deeds: list[PaperDeed]) -> PaperDeed:
    dated = [d for d in promises if promise_due(talk, d, deeds)]
    return (dated or promises)[-1]


def _done(talk: Talk, kind: ActionType, proof: PaperDeed) -> Action:
    return make_action(
        kind,
        ActionStatus.DONE,
        proof.turn,
        proof.place,
        cues=(f"{proof.paper}: {proof.deed}",),
        slots=_channel(talk, proof),
        confidence=0.85,
    )


def _promised(
    talk: Talk, kind: ActionType, promise: PaperDeed, slots: dict[str, SlotValue]
) -> Action:
    return make_action(
        kind,
        ActionStatus.PROMISED,
        promise.turn,
        promise.place,
        cues=(f"{promise.paper}: {promise.deed}",),
        slots=slots | _channel(talk, promise),
        confidence=0.85,
    )


def _channel(talk: Talk, deed: PaperDeed) -> dict[str, SlotValue]:
    way = channel(talk, deed)
    return {"channel": way} if way else {}


def channel(talk: Talk, deed: PaperDeed) -> str | None:
    """By which way a paper goes, where it is said in its turn or in the two after."""
    for turn in (deed.turn, *talk.near(deed.turn, 2), *talk.before(deed.turn, 1)):
        for name in ("whatsapp", "telegram", "messenger", "sms", "post", "hand", "email"):
            if talk.has(f"papers.{name}", turn):
                return name
    return None
