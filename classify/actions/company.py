"""Where the agent names the company: by a word for companies, by its known name, by its place."""

from __future__ import annotations

from classify.actions.people import is_name, is_patronymic, named
from classify.dialogue import Talk, Turn
from classify.text import FILLERS
from models.vocabulary.transcript import Speaker

STOP = FILLERS | frozenset(
    [
        "это",
        "меня",
        "зовут",
        "вы",
        "вас",
        "вам",
        "я",
        "мы",
        "добрый",
        "день",
        "доброе",
        "утро",
        "вечер",
        "здравствуйте",
        "алло",
        "слушаю",
        "удобно",
        "вчера",
        "сегодня",
        "как",
        "да",
        "по",
        "у",
        "в",
        "на",
        "звоню",
        "можно",
        "подскажите",
        "скажите",
        "говорит",
        "с",
        "из",
    ]
)


def company_place(
    talk: Talk, turn: Turn, but: tuple[int, int] | None = None
) -> tuple[int, int] | None:
    """The words of a turn that name the agent's company, if any."""
    ours = [n.lower().replace("ё", "е").split() for n in talk.context.company_names if n]
    forms = [t.form for t in turn.tokens]
    for words in ours:
        for at in range(len(forms) - len(words) + 1):
            if forms[at : at + len(words)] == words:
                return at, at + len(words)
    for hit in talk.hits("courtesies.company", turn):
        if not talk.hits("courtesies.not_ours", turn):
            return hit.end - 1, _company_end(turn, hit.end)
    quoted = _quoted(turn)
    if quoted is not None:
        return quoted
    first = all(t.speaker is not Speaker.AGENT for t in talk.turns[: turn.index])
    if not first and not talk.hits("courtesies.greeting", turn):
        return None
    return _leftover(talk, turn, but)


def _company_end(turn: Turn, end: int) -> int:
    while (
        end < len(turn.tokens)
        and not turn.tokens[end - 1].closes
        and not turn.tokens[end - 1].comma
    ):
        token = turn.tokens[end]
        if is_name(token) or token.form in STOP or not is_nominal(turn, end):
            break
        end += 1
        if not turn.punctuated and end - len(turn.tokens) >= 0:
            break
    return end


def is_nominal(turn: Turn, at: int) -> bool:
    """Whether a word may be part of a name: no verb, no preposition."""
    token = turn.tokens[at]
    if token.raw[:1].isupper():
        return True
    parts = {"NOUN", "ADJF", "ADJS", "LATN", "UNKN", "ADVB"}
    return not token.parses or not parts.isdisjoint(token.parses[0].grammemes)


def _quoted(turn: Turn) -> tuple[int, int] | None:
    low, high = turn.text.find("«"), turn.text.find("»")
    if low < 0 or high < low:
        return None
    inside = [i for i, t in enumerate(turn.tokens) if low < t.start and t.end <= high]
    return (inside[0], inside[-1] + 1) if inside else None


def _leftover(talk: Talk, turn: Turn, but: tuple[int, int] | None) -> tuple[int, int] | None:
    """What stands beside the agent's name in the opening and is neither name nor greeting."""
    greeting = {i for h in talk.hits("courtesies.greeting", turn) for i in range(h.start, h.end)}
    names = {i for p in named(turn.tokens) for i in range(*p)} | set(range(*(but or (0, 0))))
    runs: list[list[int]] = [[]]
    first = turn.tokens[0].sentence
    for at, token in enumerate(turn.tokens[:14]):
        fits = (
            at not in greeting | names
            and token.form not in STOP
            and is_nominal(turn, at)
            and not is_patronymic(token)
            and token.sentence <= first + 1
        )
        broken = at > 0 and (turn.tokens[at - 1].comma or bool(turn.tokens[at - 1].closes))
        if fits and not broken:
            runs[-1].append(at)
        elif fits:
            runs.append([at])
        else:
            runs.append([])
    good = [r for r in runs if r and _beside(r, greeting | names)]
    good = [
        r for r in good if len(r) >= 2 or turn.tokens[r[0]].raw[:1].isupper() or not turn.punctuated
    ]
    return (good[0][0], good[0][-1] + 1) if good else None


def _beside(run: list[int], anchors: set[int]) -> bool:
    return any(run[0] - 3 <= a <= run[-1] + 2 for a in anchors)


def company_name(talk: Talk, turn: Turn, place: tuple[int, int]) -> str:
    """The name itself, without «компания» and the like before it."""
    start, end = place
    generic = talk.book.sets.get("org_generic", ())
    while end - start > 1 and any(word in turn.tokens[start].keys for word in generic):
        start += 1
    words = turn.text[turn.tokens[start].start : turn.tokens[end - 1].end].strip('«»" ')
    return words[:1].upper() + words[1:]
