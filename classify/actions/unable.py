"""The times that a speaker turns down: «завтра никак», «в субботу точно нет»."""

from __future__ import annotations

from classify.actions.timing import Placed, placed
from classify.dialogue import Talk, Turn, read_once

NO = frozenset(["нет", "неа", "не-а", "мимо"])
SURELY = frozenset(["точно", "уже", "тоже", "увы", "никак", "пока", "вот", "совсем", "наверное"])


@read_once
def noes(talk: Talk, turn: Turn) -> tuple[Placed, ...]:
    """The mentions that a bare no follows («в субботу точно нет»), or a thing that fills a day."""
    out = []
    for p in placed(talk, turn):
        if _engaged(turn, p):
            out.append(p)
            continue
        after = turn.tokens[p.end : p.end + 3]
        at = next((i for i, t in enumerate(after) if t.form not in SURELY), len(after))
        if at < len(after) and after[at].form in NO and _ends_clause(turn, p.end + at):
            out.append(p)
    return tuple(out)


BETWEEN = frozenset(["же", "это", "ну", "вот", "у", "меня", "нас"])
FREE = (
    *(
        "сутр",
        "утро",
        "день",
        "вечер",
        "обед",
        "встреч",
        "показ",
        "демонстр",
        "замер",
        "визит",
        "осмотр",
    ),
    *(
        "время",
        "окно",
        "возможност",
        "час",
        "минут",
        "число",
        "монтаж",
        "установк",
        "адрес",
        "подъезд",
    ),
    *(
        "этаж",
        "код",
        "офис",
        "звон",
        "созвон",
        "запис",
        "вариант",
        "суббот",
        "воскрес",
        "пятниц",
        "четверг",
    ),
    *("ватсап", "телеграм", "почт", "зум", "скайп", "видео", "экран", "онлайн", "салон", "шоурум"),
    *("сред", "вторник", "понедельник", "половин", "проходн", "начал", "конец", "ссылк", "пропуск"),
)


def _engaged(turn: Turn, p: Placed) -> bool:
    """«Вторник — процедуры», «завтра операция»: a thing that fills a day ends the clause."""
    if turn.asks(p.start):
        return False
    at = p.end
    if [t.form for t in turn.tokens[at : at + 2]] in MINE:
        return _thing(turn, at + 2, WELCOME)
    if p.mention.date is None or p.mention.time is not None:
        return False
    while at < len(turn.tokens) and turn.tokens[at].form in BETWEEN:
        at += 1
    if at >= len(turn.tokens) or turn.tokens[at].sentence != turn.tokens[p.start].sentence:
        return False
    return _thing(turn, at, FREE) and (
        at + 1 == len(turn.tokens) or bool(turn.tokens[at].comma or turn.tokens[at].closes)
    )


MINE = (["у", "меня"], ["у", "нас"])
WELCOME = (
    "окн",
    "окош",
    "врем",
    "возможност",
    "свобод",
    "адрес",
    "вопрос",
    "просьб",
    "предложен",
    "встреч",
)


def _thing(turn: Turn, at: int, welcome: tuple[str, ...]) -> bool:
    """Whether the word at `at` is a thing that fills a time."""
    if at >= len(turn.tokens) or turn.tokens[at].sentence != turn.tokens[at - 1].sentence:
        return False
    token = turn.tokens[at]
    readings = token.parses if welcome is WELCOME else token.parses[:1]
    noun = any({"NOUN", "nomn", "inan"} <= parse.grammemes for parse in readings)
    return noun and not token.form.startswith(welcome)


def _ends_clause(turn: Turn, at: int) -> bool:
    """Whether the word at `at` ends its clause, for all one can tell without marks."""
    token = turn.tokens[at]
    if token.comma or token.closes or at + 1 == len(turn.tokens):
        return True
    return not turn.punctuated and not turn.tokens[at + 1].has("NOUN")


def turned_down(talk: Talk, turn: Turn) -> set[int]:
    """Starts of the mentions that the speaker cannot make («завтра никак, а в среду можно»)."""
    everything = placed(talk, turn)
    out = {p.start for p in everything if p.mention.refused}
    for hit in talk.hits("stance.busy", turn):
        sentence = turn.tokens[hit.start].sentence
        near = [p for p in everything if turn.tokens[p.start].sentence == sentence]
        before = [p for p in near if p.end <= hit.start + 1 and hit.start - p.end <= 6]
        after = [p for p in near if 0 <= p.start - hit.end <= 2]
        inside = [p for p in near if hit.start <= p.start < hit.end]
        for p in inside or before[-1:] or after[:1]:
            out.add(p.start)
            out |= {q.start for q in near if abs(q.start - p.end) <= 2 and q.start < hit.start}
    return out
