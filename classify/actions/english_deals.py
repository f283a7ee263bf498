"""What a client has paid or signed, or will, in an English call.

A deed is a phrase without tense («put ... name to», «go through», «do it»): its clause says when
and whether (`english_clause`), and what «it» is the matter spoken of (`english_matter`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from classify.actions.answered import only_time
from classify.actions.deadline import deadline
from classify.actions.english_clause import TILL, Said, Tense, is_over, said_of
from classify.actions.english_matter import TO_PAY, Matter, matter_at, spoken_of
from classify.actions.timing import Placed, placed
from classify.dialogue import Hit, Talk, Turn
from models.vocabulary.action import SlotValue
from models.vocabulary.transcript import Speaker

OPENS = 4  # words before the time that answers a question about money
LONG = 8  # turns for which a contract may be the thing that is signed
RETURNED = frozenset(["back", "returned", "way", "post", "dx", "mail", "did", "done"])
RUNS = frozenset(["run", "batch", "payments", "bacs", "payroll", "post"])
CLAIM = 3  # turns after the client said that the money went in which the agent finds it


def paid(talk: Talk) -> list[Hit]:
    """The client's words that something was paid and the agent's that it came."""
    hits = [hit for hit, said in _payings(talk) if _over(talk, hit, said)]
    claims = {hit.turn.index for hit in hits}
    for turn in _turns(talk, Speaker.AGENT):
        hits += [h for h in talk.hits("payment.received", turn) if _stated(talk, h)]
        claimed = any(t.index in claims for t in talk.before(turn, CLAIM))
        if claimed or matter_at(talk, turn, 0) is Matter.MONEY or _owned(talk, turn):
            hits += [h for h in talk.hits("payment.landed", turn) if _stated(talk, h)]
    return hits


def _owned(talk: Talk, turn: Turn) -> bool:
    return bool(talk.hits("payment.matter", turn))


def to_be_paid(talk: Talk) -> list[Hit]:
    """The client's promises to pay."""
    hits = [hit for hit, said in _payings(talk) if _ahead(talk, hit, said)]
    hits += _only_when(talk)
    return hits


def _payings(talk: Talk) -> Iterator[tuple[Hit, Said]]:
    for turn in _turns(talk, Speaker.CLIENT):
        found = list(talk.hits("payment.pay_act", turn))
        found += [h for h in talk.hits("payment.pay_weak", turn) if _money_meant(talk, h)]
        for hit in found:
            if not turn.asks(hit.start):
                yield hit, said_of(talk, turn, hit.start)


def _money_meant(talk: Talk, hit: Hit) -> bool:
    return matter_at(talk, hit.turn, hit.start) in TO_PAY


def _only_when(talk: Talk) -> Iterator[Hit]:
    """«And the deposit?» — «Friday, when the post's been»: the client names only the time."""
    for turn in _turns(talk, Speaker.CLIENT):
        for before in talk.before(turn, 1, Speaker.AGENT):
            if before.index != turn.index - 1 or not before.tokens:
                continue
            if matter_at(talk, before, len(before.tokens) - 1, 0) is not Matter.MONEY:
                continue
            place = _time_alone(talk, turn)
            if place:
                yield Hit("payment.when", turn, *place, "only the time is named")


def _time_alone(talk: Talk, turn: Turn) -> tuple[int, int] | None:
    """The words of a turn that says when and tells of no deed."""
    told = any(talk.has(cue, turn) for cue in ("payment.pay_act", "payment.pay_weak"))
    place = None if told else only_time(talk, turn)
    if place is None or place[0] > OPENS or not _later(talk, turn):
        return None
    return place


def _later(talk: Talk, turn: Turn) -> bool:
    return any(not p.mention.past and p.mention.kind != "now" for p in placed(talk, turn))


def signed(talk: Talk) -> list[Hit]:
    """Words of either side that the contract is signed."""
    return [
        hit
        for hit, said in _signings(talk)
        if _over(talk, hit, said) and not hit.turn.asks(hit.start)
    ]


def to_be_signed(talk: Talk) -> list[Hit]:
    """The client's promises to sign."""
    return [
        hit
        for hit, said in _signings(talk)
        if hit.turn.speaker is Speaker.CLIENT and _ahead(talk, hit, said)
    ]


def _signings(talk: Talk) -> Iterator[tuple[Hit, Said]]:
    for turn in talk.turns:
        if turn.machine:
            continue
        found = [h for h in talk.hits("contract.sign_act", turn) if _of_contract(talk, h)]
        if spoken_of(talk, turn, Matter.CONTRACT, LONG):
            found += talk.hits("contract.sign_name", turn)
        if turn.speaker is Speaker.CLIENT:
            weak = talk.hits("contract.sign_weak", turn)
            found += [h for h in weak if matter_at(talk, turn, h.start) is Matter.CONTRACT]
        for hit in found:
            yield hit, said_of(talk, turn, hit.start)


def _of_contract(talk: Talk, hit: Hit) -> bool:
    """Whether it is the contract that is signed, and neither work nor goods that are taken."""
    if talk.has("papers.act", hit.turn):
        return False
    if spoken_of(talk, hit.turn, Matter.CONTRACT, LONG):
        return True
    taken = any(
        talk.has(cue, turn)
        for turn in (hit.turn, *talk.before(hit.turn, CLAIM + 1))
        for cue in ("work.handed_asked", "work.handed_told", "work.matter")
    )
    return not taken and matter_at(talk, hit.turn, hit.start) is not Matter.INVOICE


def _over(talk: Talk, hit: Hit, said: Said) -> bool:
    """Whether the deed is done; a bare participle with a time to come is none."""
    under_way = said.tense is Tense.PRESENT and hit.turn.tokens[hit.start].form == "with"
    if not (said.tense is Tense.PAST or under_way) or not said.real:
        return False
    if hit.turn.speaker is Speaker.CLIENT and said.yours:
        return False
    if hit.cue == "contract.sign_weak" and RETURNED.isdisjoint(_forms(hit)):
        return False
    return not (_bare(hit) and _coming(talk, hit))


def _ahead(talk: Talk, hit: Hit, said: Said) -> bool:
    """Whether the client binds their side to the deed."""
    if not said.real or said.yours or hit.turn.asks(hit.start):
        return False
    if talk.has("payment.unsure", hit.turn):
        return False
    if said.tense is Tense.FUTURE or _by_us_now(hit, said):
        return True
    return said.tense is Tense.PAST and _bare(hit) and _coming(talk, hit)


def _forms(hit: Hit) -> set[str]:
    return {t.form for t in hit.turn.tokens[hit.start : hit.end + 2]}


def _by_us_now(hit: Hit, said: Said) -> bool:
    """«One page, I sign it on the tablecloth»: a plain present that the speaker does."""
    before = hit.turn.tokens[max(0, hit.start - 1) : hit.start]
    mine = any(t.form in ("i", "we") for t in before)
    return (
        hit.cue != "contract.sign_weak"
        and hit.cue.startswith("contract.")
        and mine
        and said.tense is Tense.PRESENT
    )


def _bare(hit: Hit) -> bool:
    """«Settled by BACS, tomorrow»: a participle that opens its sentence."""
    tokens = hit.turn.tokens
    if not tokens[hit.start].has("part"):
        return False
    opens = hit.start == 0 or tokens[hit.start - 1].sentence != tokens[hit.start].sentence
    return opens or tokens[hit.start - 1].form in ("be", "and", "it", "that")


def _coming(talk: Talk, hit: Hit) -> bool:
    sentence = hit.turn.tokens[hit.start].sentence
    return any(
        not is_over(talk, p)
        and p.mention.kind != "now"
        and hit.turn.tokens[p.start].sentence == sentence
        for p in placed(talk, hit.turn)
    )


def _stated(talk: Talk, hit: Hit) -> bool:
    said = said_of(talk, hit.turn, hit.start)
    return said.real and said.tense is not Tense.FUTURE and not hit.turn.asks(hit.start)


def _turns(talk: Talk, speaker: Speaker) -> Iterator[Turn]:
    return (t for t in talk.turns if t.speaker is speaker and not t.machine)


def due_said(talk: Talk, hit: Hit) -> dict[str, SlotValue]:
    """The coming time in the sentence of a promise, whatever verb it hangs on."""
    sentence = hit.turn.tokens[hit.start].sentence
    mentions = [
        replace(p.mention, refused=p.mention.refused and not _stands(hit.turn, p))
        for p in placed(talk, hit.turn)
        if hit.turn.tokens[p.start].sentence == sentence and not is_over(talk, p)
    ]
    return deadline(mentions, talk.context.started_at)


def _stands(turn: Turn, p: Placed) -> bool:
    """«It won't go till Friday», «in Friday's run»: the time holds for all its «not» or «'s»."""
    runs = any(t.form in RUNS for t in turn.tokens[p.end : p.end + 2])
    return runs or any(t.form in TILL for t in turn.tokens[max(0, p.start - 1) : p.end])
