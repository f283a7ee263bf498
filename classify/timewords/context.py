"""What the words around a time say: past or future, refused, one of several."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from classify.timewords.frames import Frame
from classify.timewords.lexicon import analyzer
from classify.timewords.tokens import Token

_REACH = 6
_COMMA_DISTANCE = 2
# Past forms that speak of what lies ahead: arranging, wishing, understanding.
_ARRANGING = frozenset(
    "договориться договариваться говорить сказать хотеть думать планировать мочь предлагать "
    "предложить просить попросить обещать записать поставить перенести назначить наметить "
    "согласовать понять ждать быть стать решить собираться условиться услышать отметить "
    "забронировать успеть принять указать выбрать забыть".split()
)
_NO = frozenset(
    "никак плохо неудобно занят занята занято заняты отпадает некогда откажусь неудобен".split()
)
_NOT_ABLE = frozenset(
    "могу смогу сможем можем получится получается выйдет успею успеем подходит подойдет вариант "
    "будет буду удобно надо нужно хочу устроит устраивает выходит годится стоит".split()
)
_ENGLISH_NO = frozenset("cannot can't won't busy impossible".split())
_PAST_ENGLISH = frozenset(
    "met sent received spoke talked discussed signed paid got saw came went had was were called".split()
)


def is_alternative(frame: Frame, tokens: Sequence[Token]) -> bool:
    """Whether the frame is offered as one of several («или во вторник»)."""
    before = [token.tag for token in tokens[max(0, frame.first - 3) : frame.first]]
    return any(word in before for word in ("или", "либо", "or"))


def is_refused(frame: Frame, tokens: Sequence[Token]) -> bool:
    """Whether the time is refused («не завтра», «в среду не могу», «завтра никак»)."""
    before = _same_clause(tokens[max(0, frame.first - 3) : frame.first][::-1])
    if before and before[0].tag in {"не", "not"}:
        return True
    after = _same_clause(tokens[frame.last : frame.last + 5])
    return _says_no(after) or _says_no(before[::-1])


def _says_no(clause: Sequence[Token]) -> bool:
    words = [token.word for token in clause]
    if any(word in _NO or word in _ENGLISH_NO for word in words):
        return True
    return any(a == "не" and b in _NOT_ABLE for a, b in zip(words, words[1:], strict=False))


def _same_clause(tokens: Sequence[Token]) -> list[Token]:
    clause: list[Token] = []
    for token in tokens:
        if token.tag in {".", ",", "а", "или", "давайте", "лучше", "но"} or token.tag[:2] == "wd":
            break
        clause.append(token)
    return clause


def is_past(frame: Frame, tokens: Sequence[Token], *, english: bool) -> bool:
    """Whether the nearest verb speaks of what has been («в пятницу отправила»)."""
    before = tokens[: frame.first][::-1]
    after = tokens[frame.last :]
    gone, coming = [], []
    for side in (before, after):
        for distance, tense in _verbs(side, english=english):
            (gone if tense == "past" else coming).append(distance)
    return bool(gone) and (not coming or min(gone) < min(coming))


def _verbs(side: Sequence[Token], *, english: bool) -> list[tuple[int, str]]:
    found, distance = [], 0
    for token in side[: _REACH * 2]:
        distance += _COMMA_DISTANCE if token.tag == "," else 1
        if token.tag == "." or distance > _REACH:
            break
        tense = _english_tense(token.word) if english else tense_of(token.word)
        if tense:
            found.append((distance, tense))
    return found


def _english_tense(word: str) -> str | None:
    if word in _PAST_ENGLISH:
        return "past"
    return "ahead" if word in {"will", "shall", "can", "could", "would", "let's", "i'll"} else None


@lru_cache(maxsize=8192)
def tense_of(word: str) -> str | None:
    """``past`` or ``ahead`` for a verb, ``None`` for any other word."""
    if word in {"встречи", "встречу", "встрече"} or not word.isalpha():
        return None
    parse = analyzer().parse(word)[0]
    if parse.tag.POS == "INFN" or parse.tag.mood == "impr":
        return "ahead"
    if parse.tag.POS != "VERB" or parse.normal_form in _ARRANGING:
        return None
    return "past" if parse.tag.tense == "past" else "ahead"
