"""Consent without a yes: getting ready, asking for what was offered, saying a time back."""

from __future__ import annotations

from collections.abc import Sequence

from classify.actions.table import Table
from classify.actions.timing import When
from classify.dialogue import Hit, Talk, Turn
from classify.text import Token
from models.vocabulary.transcript import Speaker

STEM = 4  # letters that two forms of one verb share
PREFIXES = ("пере", "про", "при", "под", "подъ", "по", "за", "на", "от", "вы", "об", "с")
OF_CALLS, OF_VISITS = ("contact", "write"), ("visit", "meet_verb")
LISTENING = frozenset(
    ["угу", "ага", "мгм", "так", "ну", "слушаю", "м", "мм", "хм", "uh", "huh", "mm"]
)


def consent(talk: Talk, turn: Turn, table: Table, *, answers: bool) -> Hit | None:
    """The words of a turn that take what lies on the table though none of them says yes.

    «Спасибо» of a client, «пропуск закажу», «сделайте» to «сделаю»; none where the turn answers
    something else.
    """
    if not answers:
        return None
    if turn.speaker is Speaker.CLIENT:
        noted = talk.hits(f"{table.topic.name}.heard", turn)
        if noted:
            return noted[0]
    cues = (f"{table.topic.name}.prepares", f"{table.topic.name}.own_deed")
    hits = (hit for cue in cues for hit in talk.hits(cue, turn))
    ready = [hit for hit in hits if not turn.asks(hit.start)]
    return ready[0] if ready else echo(talk, table, turn)


def echo(talk: Talk, table: Table, turn: Turn) -> Hit | None:
    """«Сообщу вам завтра» — «ну, сообщите»: the offered deed asked for or promised back."""
    others = talk.book.words(*(OF_VISITS if table.topic.not_now else OF_CALLS))
    verbs = [t for t in table.turn.tokens if t.has("VERB") or t.has("INFN")]
    verbs = [t for t in verbs if others.isdisjoint(t.keys)]
    offered = frozenset().union(*(_stems(t.form) for t in verbs))
    for index, token in enumerate(turn.tokens[:4]):
        if token.form in ("не", "если", "как", "когда") or turn.asks(index):
            return None
        ours = token.has("1per", "futr") or token.has("1per", "plur")
        asked = ours or token.has("impr") or token.has("futr", "2per")
        if asked and offered & _stems(token.form):
            return Hit("", turn, index, index + 1, "asks for it")
    return None


def _stems(form: str) -> frozenset[str]:
    """The first letters of a verb, with its prefix and without; none where too few are left."""
    stems = [form[:STEM]] if len(form) > STEM else []
    for prefix in PREFIXES:
        if form.startswith(prefix) and len(form) - len(prefix) > STEM:
            stems.append(form.removeprefix(prefix)[:STEM])
            break
    return frozenset(stems)


def so_be_it(turn: Turn) -> list[Hit]:
    """«В три так в три», «вечером так вечером»: what was said, said twice around «так»."""
    tokens = turn.tokens
    return [
        Hit("", turn, max(0, at - 1), min(len(tokens), at + 2), "so be it")
        for at in range(1, len(tokens) - 1)
        if tokens[at].form == "так" and _same(tokens[max(0, at - 2) : at], tokens[at + 1 : at + 3])
    ]


def _same(before: Sequence[Token], after: Sequence[Token]) -> bool:
    ends = {t.form for t in before[-1:]}
    return any(t.form in ends for t in after) and not ends & {"как", "и", "вот", "не"}


def only_listens(turn: Turn) -> bool:
    """Whether a turn is nothing but «угу»: it may be a yes, it may be listening."""
    return all(token.form in LISTENING for token in turn.tokens)


ORDINALS = (
    frozenset(["первый", "первое", "первая", "первом", "первую", "first"]),
    frozenset(["второй", "второе", "вторая", "втором", "вторую", "second"]),
)
EARLY = frozenset(["earlier", "раньше", "пораньше", "раннее", "раннюю"])
LATE = frozenset(["later", "позже", "попозже", "позднее", "позднюю"])
OF_CHOICE = frozenset(
    [
        "вариант",
        "варианте",
        "лучше",
        "давайте",
        "тогда",
        "на",
        "во",
        "в",
        "ну",
        "да",
        "пусть",
        "будет",
        "время",
        "удобнее",
        *(
            "the",
            "one",
            "one's",
            "is",
            "better",
            "option",
            "please",
            "i'd",
            "prefer",
            "that",
            "best",
        ),
        *("slot", "yeah", "yes", "would", "be", "suits", "me", "works", "for", "us", "let's", "do"),
    ]
)


def ordinal_choice(turn: Turn, options: Sequence[When]) -> tuple[When, int] | None:
    """The option that a short answer points at: «второй вариант», «лучше пораньше»."""
    forms = [token.form for token in turn.tokens]
    if len(options) < 2 or len(forms) > 5 or turn.asks(0):
        return None
    for at, form in enumerate(forms):
        for option, names in zip(options, ORDINALS, strict=False):
            if form in names and OF_CHOICE.issuperset(forms[:at] + forms[at + 1 :]):
                return option, at
        ordered = sorted(options, key=_moment)
        if form in EARLY | LATE and OF_CHOICE.issuperset(forms[:at] + forms[at + 1 :]):
            return ordered[0 if form in EARLY else -1], at
    return None


def _moment(slot: When) -> tuple[str, str]:
    return str(slot.day or ""), str(slot.clock or "")
