"""`needs_clarified`: the agent asks what the client needs and gets an answer in substance."""

from __future__ import annotations

from classify.actions.english_matter import Matter, matters_in
from classify.actions.findings import Findings
from classify.actions.papers import PROOF
from classify.citation import make_action
from classify.dialogue import Hit, Talk, Turn
from classify.text import FILLERS, Token
from classify.timewords.numerals import words
from models.vocabulary.action import Action, ActionStatus, ActionType
from models.vocabulary.transcript import Speaker

AROUND = 4  # words of a text without marks that belong to «не знаю»
SUBSTANCE = 3  # content words that make an answer more than a yes
BRIEF = 2  # content words that answer a question about the order itself («штук двадцать»)


def find(talk: Talk, found: Findings) -> list[Action]:
    """The agent's first question about the need that was answered in substance."""
    done = found.of(ActionType.WORK_ACCEPTED) or found.of(ActionType.PAYMENT, ActionStatus.DONE)
    if done and talk.context.language != "en":
        return []
    for hit in _questions(talk, found, done=bool(done)):
        if _settled_already(talk, hit):
            continue
        least = BRIEF if hit.cue == "needs.question" else SUBSTANCE
        answers = talk.near(hit.turn, 1, Speaker.CLIENT)
        if any(_in_substance(talk, turn, least) for turn in answers):
            return [
                make_action(
                    ActionType.NEEDS_CLARIFIED,
                    ActionStatus.DONE,
                    hit.turn,
                    (hit.start, hit.end),
                    cues=(f"{hit.cue}: {hit.wording}", "answered in substance"),
                    confidence=0.75,
                )
            ]
    return []


def _questions(talk: Talk, found: Findings, *, done: bool) -> list[Hit]:
    """Questions about the need; before there are papers any open question about the matter."""
    plain = talk.all_hits("needs.question", Speaker.AGENT)
    if done or (found.deeds and any(d.deed in PROOF for d in found.deeds)):
        return plain
    loose = [h for h in talk.all_hits("needs.open", Speaker.AGENT) if h.turn.index > 0]
    if talk.context.language == "en":
        loose = [h for h in loose if _early(talk, h)]
    return plain + loose


LATE = frozenset({Matter.MONEY, Matter.INVOICE, Matter.CONTRACT})


def _early(talk: Talk, hit: Hit) -> bool:
    """Whether nothing was priced, signed, paid or done before an open question."""
    for turn in talk.turns[: hit.turn.index + 1]:
        if any(matter in LATE for _, matter in matters_in(talk, turn)):
            return False
        if turn.speaker is Speaker.AGENT and any(a.has_unit for a in talk.amounts(turn)):
            return False
        if talk.has("work.handed_asked", turn) or talk.has("work.handed_told", turn):
            return False
    return True


def _settled_already(talk: Talk, hit: Hit) -> bool:
    return talk.has("needs.not_a_need", hit.turn) and not talk.has("needs.strong", hit.turn)


def _in_substance(talk: Talk, turn: Turn, least: int) -> bool:
    """Whether the sentences that put nobody off say enough."""
    if talk.has("needs.turned_down", turn):
        return False
    off = {
        at
        for cue in ("needs.no_answer", "refusal.whole")
        for hit in talk.hits(cue, turn)
        for at in _put_off(turn, hit)
    }
    content = [
        token
        for at, token in enumerate(turn.tokens)
        if at not in off
        and token.form not in _EMPTY
        and (token.form.isdigit() or any(_content(p.grammemes) for p in token.parses))
    ]
    return len(content) >= least and (least > BRIEF or any(map(_names, content)))


def _put_off(turn: Turn, hit: Hit) -> list[int]:
    """The words that a refusal to answer takes along: its sentence, without marks those around."""
    if turn.punctuated:
        sentence = turn.tokens[hit.start].sentence
        return [at for at, token in enumerate(turn.tokens) if token.sentence == sentence]
    return list(range(hit.start - AROUND, hit.end + AROUND))


def _names(token: Token) -> bool:
    """Whether a word names a thing, a number or a quality."""
    parts = {"NOUN", "ADJF", "NUMR", "Anum", "PRTF", "LATN"}
    return token.form.isdigit() or any(
        not p.grammemes or not parts.isdisjoint(p.grammemes) for p in token.parses
    )


_EMPTY = FILLERS | frozenset(
    [
        "да",
        "нет",
        "угу",
        "ага",
        "хорошо",
        "ладно",
        "вы",
        "мы",
        "я",
        "он",
        "она",
        "они",
        "у",
        "нас",
        "вам",
        "меня",
        "это",
        "так",
        "правда",
        "честно",
        "слово",
        "спасибо",
        "понял",
        "поняла",
        "понятно",
        "договорились",
        "пожалуйста",
    ]
)


_EMPTY |= frozenset(
    words(
        "a an the and or but so if of to in on at by for from with about as than then there here "
        "i you he she it we they me him her us them my your his its our their this that these "
        "those is are was were be been am do does did have has had will would can could shall may "
        "might must not no yes yeah yep nope oh ah well right okay ok sure just really very quite "
        "i'm you're it's that's we're they're i've we've i'll we'll i'd we'd don't didn't isn't "
        "what who how when where why please thanks thank sorry love mate know think mean see say "
        "good fine great lovely hello hi morning afternoon"
    )
)


def _content(grammemes: frozenset[str]) -> bool:
    parts = {"NOUN", "ADJF", "ADJS", "VERB", "INFN", "NUMR", "LATN", "PRTF", "ADVB", "Anum"}
    return not grammemes or not parts.isdisjoint(grammemes)
