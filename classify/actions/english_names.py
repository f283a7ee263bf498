"""Who is called what in an English call: a listed first name, a title with a surname."""

from __future__ import annotations

from classify.actions.introductions_en import own_name
from classify.dialogue import Talk, Turn
from models.vocabulary.transcript import Speaker

TITLES = frozenset(["mr", "mrs", "ms", "miss", "dr", "doctor", "sir", "madam"])
Place = tuple[int, int]  # first word, one past the last


def english_names(talk: Talk, turn: Turn) -> list[Place]:
    """The places of personal names in a turn, left to right."""
    out: list[Place] = []
    at = 0
    while at < len(turn.tokens):
        end = _titled(turn, at) or _first_name(talk, turn, at)
        if end:
            out.append((at, end))
        at = end or at + 1
    return out


def english_client(talk: Talk) -> tuple[Turn, Place] | None:
    """Where the agent first calls the client by name, with a title before any without one."""
    called = [
        (turn, place)
        for turn in [t for t in talk.turns if t.speaker is Speaker.AGENT][:4]
        for place in english_names(talk, turn)
        if not _own(talk, turn, place)
    ]
    titled = [c for c in called if c[0].tokens[c[1][0]].form in TITLES]
    return next(iter([*titled, *called]), None)


def _own(talk: Talk, turn: Turn, place: Place) -> bool:
    own = own_name(talk, turn)
    return own is not None and own[0] < place[1] and place[0] < own[1]


def _titled(turn: Turn, at: int) -> int | None:
    """«Mrs Chaudhry», «Dr. Whitlock»: past the surname."""
    following = turn.tokens[at + 1 : at + 2]
    titled = turn.tokens[at].form in TITLES and following and following[0].form.isalpha()
    return at + 2 if titled else None


def _first_name(talk: Talk, turn: Turn, at: int) -> int | None:
    """«Araminta», «Wayne Pruitt»: past the first name and, where capitals show it, the surname."""
    token = turn.tokens[at]
    sure = token.form in talk.book.words("first_name")
    new = at == 0 or turn.tokens[at - 1].sentence != token.sentence
    loose = token.raw[:1].isupper() and not new and token.form in talk.book.words("loose_name")
    if not (sure or loose):
        return None
    following = turn.tokens[at + 1 : at + 2]
    apart = token.comma or token.closes or not token.raw[:1].isupper()
    surname = not apart and following and following[0].raw[:1].isupper()
    plain = following and following[0].form in ("i", "i'm", "i'll", "i've", "i'd")
    return at + 2 if surname and not plain else at + 1
