"""Who is called what: names, patronymics and roles in the words of a call."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from classify.actions.english_names import english_client, english_names
from classify.dialogue import Hit, Talk, Turn
from classify.morphology import first_name
from classify.phrases import phrasebook
from classify.text import Token
from models.vocabulary.transcript import Speaker

PATRONYMIC = ("ович", "евич", "овна", "евна", "ична", "инична", "ич")


@lru_cache(maxsize=1)
def _rare() -> frozenset[str]:
    return frozenset(phrasebook("ru").sets["rare_name"])


def is_known_name(token: Token) -> bool:
    """Whether a word is a first name: one that the dictionary lacks, or any with a capital."""
    rare = f"={token.form}" in _rare()
    return rare or (token.raw[:1].isupper() and first_name(token.form))


def is_name(token: Token) -> bool:
    """Whether a word may be a first name (a dictionary name, any case)."""
    if is_known_name(token):
        return True
    return any("Name" in p.grammemes for p in token.parses[:3])


def nominative_name(token: Token) -> bool:
    """Whether a word may be a first name in the nominative: whoever says it names somebody."""
    if is_known_name(token):
        return True
    return any({"Name", "nomn", "sing"} <= p.grammemes for p in token.parses[:3])


def is_patronymic(token: Token) -> bool:
    """Whether a word may be a patronymic."""
    return any("Patr" in p.grammemes for p in token.parses[:2]) or (
        len(token.form) > 6 and token.form.endswith(PATRONYMIC[:-1])
    )


def is_surname(token: Token) -> bool:
    """Whether a word may be a surname, and hardly anything else."""
    return any("Surn" in p.grammemes for p in token.parses) and token.raw[:1].isupper()


def named(tokens: Sequence[Token]) -> list[tuple[int, int]]:
    """Places of personal names: a first name with what follows of patronymic and surname."""
    out = []
    at = 0
    while at < len(tokens):
        if is_name(tokens[at]):
            end = at + 1
            while end < len(tokens) and end - at < 3 and _goes_on(tokens, end):
                end += 1
            out.append((at, end))
            at = end
        else:
            at += 1
    return out


def _goes_on(tokens: Sequence[Token], at: int) -> bool:
    before = tokens[at - 1]
    return (
        not before.comma
        and not before.closes
        and (is_patronymic(tokens[at]) or _nominative_surname(tokens[at]))
    )


def _nominative_surname(token: Token) -> bool:
    """«Эльдар Каримов», but not «Зоя Игоря»: a surname that is no first name in the nominative."""
    return (
        is_surname(token)
        and not first_name(token.form)
        and any({"Surn", "nomn"} <= p.grammemes for p in token.parses)
    )


def spelled(tokens: Sequence[Token], start: int, end: int) -> str:
    """A name in the nominative as far as it is known, with capitals."""
    return " ".join(token.raw[:1].upper() + token.raw[1:] for token in tokens[start:end])


def names_in(talk: Talk, turn: Turn) -> list[tuple[int, int]]:
    """Places of personal names in a turn, in the language of the call."""
    return english_names(talk, turn) if talk.context.language == "en" else named(turn.tokens)


def client_name(talk: Talk) -> str | None:
    """How the agent calls the client, or how the client introduces themselves."""
    if talk.context.language == "en":
        called = english_client(talk)
        return spelled(called[0].tokens, *called[1]) if called else _introduced(talk)
    own = {name.lower().replace("ё", "е") for name in talk.context.agent_names}
    greeted = [t for t in talk.turns if t.speaker is Speaker.AGENT][:4]
    full: list[str] = []
    for turn in greeted:
        for start, end in named(turn.tokens):
            said = spelled(turn.tokens, start, end)
            formal = end - start > 1 and is_patronymic(turn.tokens[end - 1])
            if formal or (turn.index > 1 and said.lower() not in own):
                full.append(said)
    if full:
        return full[0]
    return _introduced(talk)


def _introduced(talk: Talk) -> str | None:
    for turn in talk.turns[:8]:
        if turn.speaker is Speaker.CLIENT:
            for hit in talk.hits("courtesies.my_name", turn):
                for start, end in names_in(talk, turn):
                    if start >= hit.end - 1:
                        return spelled(turn.tokens, start, end)
            places = names_in(talk, turn)
            if places and len(turn.tokens) <= 3:
                return spelled(turn.tokens, *places[0])
    return None


def named_near(talk: Talk, hit: Hit, reach: int = 7) -> str | None:
    """A personal name around a place."""
    for start, end in names_in(talk, hit.turn):
        if start - hit.end < reach and hit.start - end < reach:
            return spelled(hit.turn.tokens, start, end)
    return None


def role_near(talk: Talk, hit: Hit, reach: int = 6) -> str | None:
    """A role around a place: its lemma with what makes it whole («коммерческий директор»)."""
    roles = frozenset(talk.book.sets.get("role", ()))
    turn: Turn = hit.turn
    for at in range(max(0, hit.start - reach), min(len(turn.tokens), hit.end + reach)):
        role = next((lemma for lemma in _lemmas(turn.tokens[at]) if lemma in roles), None)
        if role is not None:
            return _whole_role(talk, turn, at, role)
    return None


def _lemmas(token: Token) -> list[str]:
    return [parse.lemma for parse in token.parses] + [token.form]


def _whole_role(talk: Talk, turn: Turn, at: int, role: str) -> str:
    """«Главный» goes with the trade after it, «директор» with the adjective before it."""
    kinds = frozenset(talk.book.sets.get("role_kind", ()))
    after = turn.tokens[at + 1 : at + 2]
    if role in kinds and after and after[0].sentence == turn.tokens[at].sentence:
        noun = next((p for p in after[0].parses if "NOUN" in p.grammemes), None)
        if noun is not None and not {"Name", "Patr", "Surn"} & noun.grammemes:
            return f"{role} {noun.lemma}"
    before = next(
        (k for t in turn.tokens[max(0, at - 1) : at] for k in _lemmas(t) if k in kinds), ""
    )
    return f"{before} {role}".strip()
