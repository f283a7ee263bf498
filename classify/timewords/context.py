"""What the words around a time say: past or future, refused, one of several."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from classify.timewords import english_context
from classify.timewords.frames import Frame
from classify.timewords.lexicon import readings
from classify.timewords.numerals import words
from classify.timewords.tokens import Token

_REACH = 6
_COMMA_DISTANCE = 2
# Past forms that speak of what lies ahead: arranging, wishing, understanding.
_ARRANGING = frozenset(
    words(
        "договориться договариваться говорить сказать хотеть думать планировать мочь "
        "предлагать предложить просить попросить обещать записать поставить перенести "
        "назначить наметить понять помнить знать ждать стать собираться условиться услышать "
        "отметить забронировать успеть принять указать выбрать забыть подтвердить подтверждать "
        "забиться забиваться сговориться сговариваться условливаться уговориться уговариваться "
        "намечать назначать ставить записаться записываться собраться"
    )
)
_SOFT = frozenset({"в", "во", "на", "уже", "давайте", "может", "лучше", "тогда", "on", "at"})
_NO = frozenset(
    words(
        "никак плохо неудобно занят занята занято заняты отпадает некогда откажусь неудобен "
        "сложно сложный сложная тяжело тяжеловато проблематично неудачно забит забита "
        "расписан расписана мимо невозможно нереально выходной закрыто"
    )
)
_NOT_ABLE = frozenset(
    words(
        "могу смогу сможем можем получится получается выйдет успею успеем подходит подойдет "
        "вариант работаем работаю работает будет буду удобно надо нужно хочу устроит "
        "устраивает выходит годится стоит"
    )
)
_ENGLISH_NO = frozenset(words("cannot can't won't shan't wouldn't couldn't busy impossible"))


def is_alternative(frame: Frame, tokens: Sequence[Token]) -> bool:
    """Whether the frame is offered as one of several («или во вторник»)."""
    before = [token.tag for token in tokens[max(0, frame.first - 3) : frame.first]][::-1]
    joints = [tag for tag in before if tag not in _SOFT]
    return bool(joints) and joints[0] in {"или", "либо", "or"}


def is_refused(frame: Frame, previous: Frame | None, tokens: Sequence[Token]) -> bool:
    """Whether the time is refused («не завтра», «в среду не могу», «завтра никак»).

    What stands between the `previous` time and this one speaks of the previous one.
    """
    before = _same_clause(tokens[max(0, frame.first - 3) : frame.first][::-1])
    if before and before[0].tag in {"не", "кроме", "not", "except"}:
        return True
    after = _same_clause(tokens[frame.last : frame.last + 5])
    if _says_no(after) or _is_engaged(after):
        return True
    claimed = previous is not None and frame.first - previous.last <= 5
    return not claimed and _says_no(before[::-1])


def _is_engaged(after: Sequence[Token]) -> bool:
    """«Завтра у меня врач», «во вторник я на объекте»: something else fills the day."""
    words = [token.word for token in after]
    if english_context.engaged(words):
        return True
    if words[:1] == ["же"]:
        words = words[1:]
    if words[:2] in (["у", "меня"], ["у", "нас"]) and len(words) > 2:
        return is_subject(words[2]) and not words[2].startswith(_WELCOME)
    return bool(words) and words[0] in {"я", "мы"} and any(w in _AWAY for w in words)


_WELCOME = ("окн", "врем", "возможност", "встреч", "созвон", "показ", "демонстрац", "свободн")
_AWAY = frozenset(
    {"выезде", "объекте", "отпуске", "командировке", "больничном", "отъезде", "разъездах", "дороге"}
)


@lru_cache(maxsize=8192)
def is_subject(word: str) -> bool:
    """Whether a word is a noun in the nominative."""
    parses = readings(word)
    return any(p.tag.POS == "NOUN" and p.tag.case in {"nomn", "accs"} for p in parses[:1])


def _says_no(clause: Sequence[Token]) -> bool:
    words = [token.word for token in clause]
    if any(word in _NO or word in _ENGLISH_NO for word in words):
        return True
    return any(a == "не" and b in _NOT_ABLE for a, b in pairwise(words))


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
    if english and english_context.hoped([token.word for token in before]):
        return False
    if frame.weeks is None and tokens[frame.first].tag in {"на", "про"}:
        return False
    if _is_thanked_for(before):
        return True
    if _is_wished(before) or _is_wished(after):
        return False
    gone: list[int] = []
    coming: list[int] = []
    for side in (before, after):
        for distance, tense in _verbs(side, english=english):
            (gone if tense == "past" else coming).append(distance)
    return bool(gone) and (not coming or min(gone) < min(coming))


def _is_wished(side: Sequence[Token]) -> bool:
    """«Я бы в пятницу набрал»: a past form with «бы» speaks of no past."""
    for token in side[:_REACH]:
        if token.tag == ".":
            return False
        if token.word in {"бы", "б"}:
            return True
    return False


def _is_thanked_for(before: Sequence[Token]) -> bool:
    """«Спасибо за встречу в понедельник»: one gives thanks for what has been."""
    tags = [token.tag for token in before[:_REACH]][::-1]
    after_thanks = tags[tags.index("спасибо") + 1 :] if "спасибо" in tags else []
    return after_thanks[:1] == ["за"] and not {",", "."} & set(after_thanks)


def _verbs(side: Sequence[Token], *, english: bool) -> list[tuple[int, str]]:
    found, distance = [], 0
    for index, token in enumerate(side[: _REACH * 2]):
        distance += _COMMA_DISTANCE if token.tag == "," else 1
        if token.tag == "." or distance > _REACH:
            break
        tense = _english_tense(side, index) if english else tense_of(token.word)
        if tense:
            found.append((distance, tense))
    return found


def _english_tense(side: Sequence[Token], index: int) -> str | None:
    near, here = side[max(0, index - 1) : index + 2], side[index]
    before = next((t.word for t in near if t.start < here.start), "")
    following = next((t.word for t in near if t.start > here.start), "")
    return english_context.tense(here.word, before, following)


@lru_cache(maxsize=8192)
def tense_of(word: str) -> str | None:
    """``past`` or ``ahead`` for a verb, ``None`` for any other word."""
    parses = readings(word)
    if word in {"встречи", "встречу", "встрече", "замер"} or not parses:
        return None
    parse = next((p for p in parses[:2] if p.tag.tense == "past"), parses[0])
    if parse.tag.POS == "INFN" or parse.tag.mood == "impr":
        return "ahead"
    if parse.tag.POS != "VERB" or parse.normal_form in _ARRANGING:
        return None
    return "past" if parse.tag.tense == "past" else "ahead"
