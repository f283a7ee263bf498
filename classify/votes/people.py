"""What the votes read of people: that there is somebody, not who; gender weighs nothing either."""

from __future__ import annotations

from functools import lru_cache

from classify.dialogue import Turn
from classify.morphology import Parse, analyzer
from classify.text import Token

# By how the validation dialogues are heard; to the votes everybody in a call has this name.
_STAND_INS = {"Name": "андрей", "Patr": "андреевич", "Surn": "смирнов"}
_CASES = ("nomn", "gent", "datv", "accs", "ablt", "loct")
_AGREEING = frozenset({"VERB", "ADJS"})


def nameless(turn: Turn, end: int) -> str:
    """The first `end` letters of a turn in lower case, the people in it alike.

    Every Russian first name, patronymic and surname that the dictionary knows becomes the same
    one, in its case; a verb in the past tense and a short adjective agree with a man.
    """
    pieces, at = [], 0
    for token in turn.tokens:
        if token.end > end:
            break
        other = _stand_in(token)
        if other is not None:
            pieces += [turn.text[at : token.start].lower(), other]
            at = token.end
    return "".join([*pieces, turn.text[at:end].lower()])


def names_somebody(token: Token) -> bool:
    """Whether a word is most likely a person's name."""
    return _kind(token.parses) is not None


def _stand_in(token: Token) -> str | None:
    """The word read in place of one that tells who somebody is; ``None``: it tells nothing."""
    kind = _kind(token.parses)
    if kind is not None:
        tags = token.parses[0].grammemes
        return _in_case(kind, next((case for case in _CASES if case in tags), _CASES[0]))
    if token.parses and "femn" in token.parses[0].grammemes:
        return _of_a_man(token.form)
    return None


def _kind(parses: tuple[Parse, ...]) -> str | None:
    if not parses or not parses[0].known:
        return None
    return next((kind for kind in _STAND_INS if kind in parses[0].grammemes), None)


@lru_cache(maxsize=len(_STAND_INS) * len(_CASES))
def _in_case(kind: str, case: str) -> str:
    name = _STAND_INS[kind]
    formed = analyzer().parse(name)[0].inflect({case, "sing"})
    return str(formed.word) if formed is not None else name


@lru_cache(maxsize=20_000)
def _of_a_man(form: str) -> str | None:
    reading = analyzer().parse(form)[0]
    if reading.tag.POS not in _AGREEING or reading.tag.gender != "femn":
        return None
    formed = reading.inflect({"masc"})
    return str(formed.word) if formed is not None else None
