"""The agent's courtesies: greeting, own name, company, good-bye."""

from __future__ import annotations

from classify.actions.findings import Findings
from classify.actions.people import is_name, is_patronymic, named, spelled
from classify.dialogue import FILLERS, Hit, Talk, Turn, make_action
from models.vocabulary.action import Action, ActionStatus, ActionType, SlotValue
from models.vocabulary.call import Direction
from models.vocabulary.transcript import Speaker

OPENING = 3  # turns of the agent in which one greets and says who one is


def find_greeting(talk: Talk, _: Findings) -> list[Action]:
    """The agent's first greeting."""
    for turn in _opening(talk):
        for hit in talk.hits("courtesies.greeting", turn)[:1]:
            return [_done(ActionType.GREETING, turn, (hit.start, hit.end), hit.cue)]
    return []


def find_farewell(talk: Talk, _: Findings) -> list[Action]:
    """The agent's last good-bye."""
    hits = talk.all_hits("courtesies.farewell", Speaker.AGENT)
    hits += [
        h
        for h in talk.all_hits("courtesies.farewell_weak", Speaker.AGENT)
        if h.turn.index >= len(talk.turns) - 3
    ]
    late = [h for h in hits if h.turn.index > 0 or len(talk.turns) <= 2 or h.start > 6]
    if not late:
        return []
    hit = max(late, key=lambda h: (h.turn.index, h.start))
    return [_done(ActionType.FAREWELL, hit.turn, (hit.start, hit.end), hit.cue)]


def find_self_introduction(talk: Talk, _: Findings) -> list[Action]:
    """The agent's own name, told apart from the client's."""
    for turn in _opening(talk):
        place = _own_name(talk, turn)
        if place is not None:
            name = spelled(turn.tokens, *place)
            return [_done(ActionType.SELF_INTRODUCTION, turn, place, "own name", {"name": name})]
    return []


def find_company_introduction(talk: Talk, _: Findings) -> list[Action]:
    """The agent's company: by a word for companies, by its known name, by its place."""
    for turn in _opening(talk):
        place = _company(talk, turn)
        if place is not None:
            company = _plain_company(talk, turn, place)
            slots: dict[str, SlotValue] = {"company": company}
            return [_done(ActionType.COMPANY_INTRODUCTION, turn, place, "company", slots)]
    return []


def _opening(talk: Talk) -> list[Turn]:
    return [t for t in talk.turns if t.speaker is Speaker.AGENT and t.tokens][:OPENING]


def _done(
    kind: ActionType,
    turn: Turn,
    place: tuple[int, int],
    cue: str,
    slots: dict[str, SlotValue] | None = None,
) -> Action:
    return make_action(kind, ActionStatus.DONE, turn, place, cues=(cue,), slots=slots, confidence=0.9)


def _own_name(talk: Talk, turn: Turn) -> tuple[int, int] | None:
    said = talk.hits("courtesies.my_name", turn)
    before = _named_before(turn)
    if before is not None:
        return before
    for hit in said:
        after = hit.end
        if after < len(turn.tokens) and _may_be_name(talk, turn, after):
            return _whole(turn, after)
    places = [p for p in named(turn.tokens) if not _addressed(turn, p)]
    if not places and said and turn.index <= 2:
        at = said[-1].end
        if at < len(turn.tokens) and _nounlike(turn, at) and not _generic(talk, turn, at):
            return at, at + 1
    known = {n.lower().replace("ё", "е").split()[0] for n in talk.context.agent_names if n}
    for start, end in places:
        if turn.tokens[start].form in known:
            return start, end
    if not places and turn.punctuated and turn.index <= 2:
        return _unknown_name(talk, turn)
    if not places or (turn.index > 2 and not talk.hits("courtesies.greeting", turn)):
        return None
    return _by_place(talk, turn, places)


def _named_before(turn: Turn) -> tuple[int, int] | None:
    """«Тарас меня зовут», «меня тарас зовут»: the name before the verb."""
    for at, token in enumerate(turn.tokens):
        if token.form == "зовут" and at > 0:
            back = at - 1 if turn.tokens[at - 1].form != "меня" else at - 2
            if back >= 0 and turn.tokens[back].form not in ("как", "меня", "вас"):
                return back, back + 1
    return None


def _unknown_name(talk: Talk, turn: Turn) -> tuple[int, int] | None:
    """A lone capitalised word between commas beside the company: a name no dictionary has."""
    company = _company(talk, turn)
    if company is None:
        return None
    greeting = {i for h in talk.hits("courtesies.greeting", turn) for i in range(h.start, h.end)}
    for at in (company[0] - 1, company[1]):
        if not 0 <= at < len(turn.tokens) or at in greeting:
            continue
        token = turn.tokens[at]
        apart = at == 0 or turn.tokens[at - 1].comma or bool(turn.tokens[at - 1].closes)
        ends = token.comma or bool(token.closes) or at == len(turn.tokens) - 1
        if apart and ends and token.raw[:1].isupper() and token.form not in _STOP:
            return at, at + 1
    return None


def _nounlike(turn: Turn, at: int) -> bool:
    token = turn.tokens[at]
    return bool(token.parses) and any(
        {"NOUN", "sing", "nomn"} <= p.grammemes for p in token.parses[:2]
    )


def _generic(talk: Talk, turn: Turn, at: int) -> bool:
    words = talk.book.sets.get("org_word", ())
    return any(word in turn.tokens[at].keys for word in words)


def _may_be_name(talk: Talk, turn: Turn, at: int) -> bool:
    token = turn.tokens[at]
    if is_name(token):
        return True
    return token.raw[:1].isupper() and not talk.hits("courtesies.org_word", turn)


def _whole(turn: Turn, at: int) -> tuple[int, int]:
    return next((p for p in named(turn.tokens) if p[0] == at), (at, at + 1))


def _addressed(turn: Turn, place: tuple[int, int]) -> bool:
    """A name with a patronymic is how one calls the client; an oblique one is whom one asks for."""
    start, end = place
    tokens = turn.tokens
    if any(is_patronymic(tokens[i]) for i in range(start, end)):
        return True
    following = tokens[end] if end < len(tokens) else None
    if following is not None and following.form.endswith("ич") and not tokens[end - 1].comma:
        return True
    return not any("nomn" in p.grammemes for p in tokens[start].parses if "Name" in p.grammemes)


def _by_place(
    talk: Talk, turn: Turn, places: list[tuple[int, int]]
) -> tuple[int, int] | None:
    """Of two names the later is the agent's; a lone one is, unless it stands in the greeting."""
    if len(places) > 1:
        return places[-1]
    start, end = places[0]
    incoming = talk.context.direction is Direction.IN or turn.index == 0
    greeting = talk.hits("courtesies.greeting", turn)
    company = _company(talk, turn, but=(start, end))
    heard_back = _called_back(talk, turn, turn.tokens[start].form)
    if heard_back:
        return start, end
    if talk.context.direction is Direction.IN:
        return start, end
    addressed = any(_addressed(turn, p) for p in named(turn.tokens))
    if addressed:
        return start, end
    if _vocative(turn, start, end, greeting):
        return None
    if company is not None and (abs(company[0] - end) <= 1 or abs(start - company[1]) <= 1):
        return start, end
    return (start, end) if incoming and not greeting else None


def _vocative(turn: Turn, start: int, end: int, greeting: list[Hit]) -> bool:
    """«Тимур, здравствуйте!», «добрый день вячеслав»: the name that the greeting is for."""
    if not greeting:
        return False
    first = greeting[0]
    before = end == first.start or (start == 0 and first.start - end <= 1)
    after = start == first.end and not turn.tokens[first.end - 1].closes
    return before or after


def _called_back(talk: Talk, turn: Turn, form: str) -> bool:
    following = talk.near(turn, 2, Speaker.CLIENT)
    return any(token.form == form for t in following for token in t.tokens[:6])


def _company(
    talk: Talk, turn: Turn, but: tuple[int, int] | None = None
) -> tuple[int, int] | None:
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
    while end < len(turn.tokens) and not turn.tokens[end - 1].closes and not turn.tokens[end - 1].comma:
        token = turn.tokens[end]
        if is_name(token) or token.form in _STOP or not _nominal(turn, end):
            break
        end += 1
        if not turn.punctuated and end - len(turn.tokens) >= 0:
            break
    return end


def _nominal(turn: Turn, at: int) -> bool:
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


_STOP = FILLERS | frozenset(
    "это меня зовут вы вас вам я мы добрый день доброе утро вечер здравствуйте алло слушаю "
    "удобно вчера сегодня как да по у в на звоню можно подскажите скажите говорит с из".split()
)


def _leftover(
    talk: Talk, turn: Turn, but: tuple[int, int] | None
) -> tuple[int, int] | None:
    """What stands beside the agent's name in the opening and is neither name nor greeting."""
    greeting = {i for h in talk.hits("courtesies.greeting", turn) for i in range(h.start, h.end)}
    names = {i for p in named(turn.tokens) for i in range(*p)} | set(range(*(but or (0, 0))))
    runs: list[list[int]] = [[]]
    first = turn.tokens[0].sentence
    for at, token in enumerate(turn.tokens[:14]):
        fits = (
            at not in greeting | names
            and token.form not in _STOP
            and _nominal(turn, at)
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
    good = [r for r in good if len(r) >= 2 or turn.tokens[r[0]].raw[:1].isupper() or not turn.punctuated]
    return (good[0][0], good[0][-1] + 1) if good else None


def _beside(run: list[int], anchors: set[int]) -> bool:
    return any(run[0] - 3 <= a <= run[-1] + 2 for a in anchors)


def _plain_company(talk: Talk, turn: Turn, place: tuple[int, int]) -> str:
    start, end = place
    generic = talk.book.sets.get("org_generic", ())
    while end - start > 1 and any(word in turn.tokens[start].keys for word in generic):
        start += 1
    words = turn.text[turn.tokens[start].start : turn.tokens[end - 1].end].strip("«»\" ")
    return words[:1].upper() + words[1:]


__all__ = [
    "find_company_introduction",
    "find_farewell",
    "find_greeting",
    "find_self_introduction",
    "is_name",
]
