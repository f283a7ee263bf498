"""Who calls, in English: a name beside «this is», «speaking»; a company behind «from», «at»."""

from __future__ import annotations

from classify.dialogue import Talk, Turn
from classify.text import Token

LEAST = 2  # words: a lone one after a greeting is whom the greeting is for
LONGEST = 3  # words of a company's name in a text without capitals
PREPOSITIONS = frozenset(["from", "at", "with", "of", "for", "to"])


def own_name(talk: Talk, turn: Turn) -> tuple[int, int] | None:
    """The agent's name: after «my name is», «this is», «I'm», before «here», «speaking», «from»."""
    for hit in talk.hits("courtesies.my_name", turn):
        if _name_at(talk, turn, hit.end):
            return hit.end, _name_end(talk, turn, hit.end)
    for cue in ("courtesies.name_before", "courtesies.from"):
        for hit in talk.hits(cue, turn):
            at = hit.start - 1
            apart = turn.tokens[at].comma if at >= 0 else True
            if at >= 0 and not apart and not turn.tokens[at].closes and _name_at(talk, turn, at):
                return at, at + 1
    return None


def company(talk: Talk, turn: Turn) -> tuple[int, int] | None:
    """The agent's company: behind «from», «at», «through to»; or said first on taking a call."""
    for hit in talk.hits("courtesies.from", turn):
        end = _company_end(talk, turn, hit.end)
        if end > hit.end and turn.tokens[hit.end].form not in ("the", "your", "a", "my"):
            return hit.end, end
    for hit in talk.hits("courtesies.company", turn):
        return _around(talk, turn, hit.end - 1)
    return _answered(talk, turn)


def _answered(talk: Talk, turn: Turn) -> tuple[int, int] | None:
    """«Silverline Carpets, Nadia speaking»: what whoever takes the call says first."""
    spoken = talk.hits("courtesies.name_before", turn)
    greeting = [h for h in talk.hits("courtesies.greeting", turn) if h.start <= 1]
    begin = max((h.end for h in greeting), default=0)
    end = _company_end(talk, turn, begin)
    first = turn.index == 0 and end > begin
    if not first or not (spoken or greeting) or end - begin < LEAST:
        return None
    named = own_name(talk, turn)
    if named is not None and begin < named[0] < end:
        end = named[0]
    return (begin, end) if named is None or named[0] >= end else None


def _name_at(talk: Talk, turn: Turn, at: int) -> bool:
    if not 0 <= at < len(turn.tokens):
        return False
    token = turn.tokens[at]
    if token.form in _plain_words(talk) or not token.form.isalpha():
        return False
    return token.raw[:1].isupper() or not _cased(turn)


def _name_end(talk: Talk, turn: Turn, at: int) -> int:
    """Past a first name and, where capitals show it, the surname."""
    token, following = turn.tokens[at], at + 1
    apart = token.comma or bool(token.closes) or not _cased(turn)
    if apart or following >= len(turn.tokens) or not turn.tokens[following].raw[:1].isupper():
        return following
    return following + _name_at(talk, turn, following)


def _company_end(talk: Talk, turn: Turn, begin: int) -> int:
    cased, end = _cased(turn), begin
    while end < len(turn.tokens):
        token = turn.tokens[end]
        joins = token.form in ("and", "of") and end > begin and _goes_on(turn, end, cased)
        fits = token.raw[:1].isupper() if cased else token.form not in _plain_words(talk)
        if not (fits or joins) or (not cased and end - begin >= LONGEST):
            break
        end += 1
        if token.comma or token.closes:
            break
    return end


def _goes_on(turn: Turn, at: int, cased: bool) -> bool:
    return cased and at + 1 < len(turn.tokens) and turn.tokens[at + 1].raw[:1].isupper()


def _around(talk: Talk, turn: Turn, at: int) -> tuple[int, int]:
    """The words before a word for companies that belong to it («Grey Harbour Logistics»)."""
    begin, cased = at, _cased(turn)
    while begin > 0 and at - begin < LONGEST and _binds(talk, turn.tokens[begin - 1], cased):
        begin -= 1
    return begin, at + 1


def _binds(talk: Talk, token: Token, cased: bool) -> bool:
    apart = token.comma or bool(token.closes) or token.form in _plain_words(talk)
    return not apart and (token.raw[:1].isupper() or not cased)


def _cased(turn: Turn) -> bool:
    """Whether capitals were set inside the turn."""
    return any(t.raw[:1].isupper() and t.form != "i" for t in turn.tokens[1:])


def _plain_words(talk: Talk) -> frozenset[str]:
    return frozenset(talk.book.sets.get("plain_word", ()))
