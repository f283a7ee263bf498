"""Where the agent names the company: by a word for companies, by its known name, by its place."""

from __future__ import annotations

from rapidfuzz import fuzz

from classify.actions import introductions_en
from classify.actions.people import is_patronymic, named, nominative_name
from classify.dialogue import Talk, Turn
from classify.repairs import sound
from classify.text import FILLERS, Token
from models.vocabulary.transcript import Speaker

LIKE = 80.0  # of 100: a known name misheard is still this like itself
LONGEST_NAME = 3  # words in lower case
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
    known = known_company(talk, turn)
    if known is not None:
        return known[0]
    if talk.hits("courtesies.not_ours", turn):
        return None
    english = talk.context.language == "en"
    place = introductions_en.company(talk, turn) if english else _quoted(turn)
    if place is not None or english:
        return place
    hits = talk.hits("courtesies.company", turn)
    if hits:
        places = [(h.end - 1, _company_end(turn, h.end)) for h in hits]
        return max(places, key=lambda p: min(p[1] - p[0], 2))
    first = all(t.speaker is not Speaker.AGENT for t in talk.turns[: turn.index])
    if not first and not talk.hits("courtesies.greeting", turn):
        return None
    return _leftover(talk, turn, but)


def known_company(talk: Talk, turn: Turn) -> tuple[tuple[int, int], str] | None:
    """One of our company's known names in a turn, as spelt or as misheard, and that name."""
    best: tuple[float, tuple[int, int], str] | None = None
    for name in talk.context.company_names:
        wanted = _letters(name)
        size = len(name.split())
        for length in range(max(1, size - 1), size + 2):
            for at in range(len(turn.tokens) - length + 1):
                said = "".join(_letters(t.form) for t in turn.tokens[at : at + length])
                likeness = fuzz.ratio(sound(wanted), sound(said))
                if likeness >= LIKE and (best is None or likeness > best[0]):
                    best = (likeness, (at, at + length), name)
    return best[1:] if best is not None else None


def _letters(name: str) -> str:
    return "".join(letter for letter in name.lower().replace("ё", "е") if letter.isalnum())


def _company_end(turn: Turn, end: int) -> int:
    """The end of a name that begins with a word for companies: to the next mark, name or verb."""
    begin = end
    while end < len(turn.tokens) and not _parted(turn, end - 1):
        token = turn.tokens[end]
        lower = not token.raw[:1].isupper()
        named_here = nominative_name(token) and any(parse.known for parse in token.parses)
        if (named_here and not _of_name(turn, end)) or token.form in STOP:
            break
        if not is_nominal(turn, end) or (lower and end - begin >= LONGEST_NAME):
            break
        end += 1
    return end


def _parted(turn: Turn, at: int) -> bool:
    return turn.tokens[at].comma or bool(turn.tokens[at].closes)


def _of_name(turn: Turn, at: int) -> bool:
    """A first name may be part of a company's: only right after the word for companies."""
    return turn.tokens[at].raw[:1].isupper() and _parted(turn, at - 1)


def is_nominal(turn: Turn, at: int) -> bool:
    """Whether a word may be part of a name: no verb, no preposition."""
    token = turn.tokens[at]
    if token.raw[:1].isupper():
        return True
    parts = {"NOUN", "ADJF", "ADJS", "LATN", "UNKN", "ADVB"}
    if not any(parse.known for parse in token.parses):
        return True
    return not parts.isdisjoint(token.parses[0].grammemes)


def _quoted(turn: Turn) -> tuple[int, int] | None:
    low, high = turn.text.find("«"), turn.text.find("»")
    if low < 0 or high < low:
        return None
    inside = [i for i, t in enumerate(turn.tokens) if low < t.start and t.end <= high]
    return (inside[0], inside[-1] + 1) if inside else None


def _leftover(talk: Talk, turn: Turn, but: tuple[int, int] | None) -> tuple[int, int] | None:
    """What stands beside the agent's name in the opening and is neither name nor greeting."""
    greeting = {i for h in talk.hits("courtesies.greeting", turn) for i in range(h.start, h.end)}
    names = _names(turn) | set(range(*(but or (0, 0))))
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


def _names(turn: Turn) -> set[int]:
    """Words of names; one only guessed for a name does not count beside one that surely is."""
    places = named(turn.tokens)
    sure = [p for p in places if any(parse.known for parse in turn.tokens[p[0]].parses)]
    return {i for p in sure or places for i in range(*p)}


def _beside(run: list[int], anchors: set[int]) -> bool:
    return any(run[0] - 3 <= a <= run[-1] + 2 for a in anchors)


def company_name(talk: Talk, turn: Turn, place: tuple[int, int]) -> str:
    """The name itself: as we know it, or without «компания» and the like before it."""
    known = known_company(talk, turn)
    if known is not None and known[0] == place:
        return known[1]
    start, end = place
    generic = talk.book.sets.get("org_word", ())
    capitals = [i for i in range(start + 1, end) if turn.tokens[i].raw[:1].isupper()]
    while end - start > 1 and any(word in turn.tokens[start].keys for word in generic):
        start += 1
    if capitals and start > place[0] and not turn.tokens[start].raw[:1].isupper():
        start = next(i for i in capitals if i >= start) if capitals[-1] >= start else start
    while end - start > 1 and _only_genitive(turn.tokens[start]):
        start += 1
    words = turn.text[turn.tokens[start].start : turn.tokens[end - 1].end].strip('«»" ')
    return words[:1].upper() + words[1:]


def _only_genitive(token: Token) -> bool:
    """«интерьера» in «студия интерьера лофт»: what the company does, not how it is called."""
    cases = [p.grammemes for p in token.parses if "NOUN" in p.grammemes]
    lower = not token.raw[:1].isupper()
    return lower and any("gent" in c for c in cases) and not any("nomn" in c for c in cases)
