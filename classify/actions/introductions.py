"""`self_introduction` and `company_introduction`: who calls, told apart from who is called."""

from __future__ import annotations

from rapidfuzz import fuzz

from classify.actions import introductions_en
from classify.actions.company import LIKE, STOP, company_name, company_place
from classify.actions.courtesies import courtesy, opening
from classify.actions.findings import Findings
from classify.actions.people import is_patronymic, named, nominative_name, spelled
from classify.dialogue import Hit, Talk, Turn
from classify.morphology import first_name
from classify.repairs import sound
from classify.text import Token
from models.vocabulary.action import Action, ActionType, SlotValue
from models.vocabulary.call import Direction
from models.vocabulary.transcript import Speaker

NEAR = 6  # words from the company to the agent's name


def find_self_introduction(talk: Talk, _: Findings) -> list[Action]:
    """The agent's own name, told apart from the client's."""
    for turn in opening(talk):
        place = _own_name(talk, turn)
        if place is not None:
            name = _as_known(talk, spelled(turn.tokens, *place))
            return [courtesy(ActionType.SELF_INTRODUCTION, turn, place, "own name", {"name": name})]
    return []


def _as_known(talk: Talk, name: str) -> str:
    """A misheard first name as we write it."""
    for known in talk.context.agent_names:
        first = known.split()[0] if known.split() else known
        if " " not in name and fuzz.ratio(sound(first.lower()), sound(name.lower())) >= LIKE:
            return first
    return name


def find_company_introduction(talk: Talk, _: Findings) -> list[Action]:
    """The agent's company: by a word for companies, by its known name, by its place."""
    for turn in opening(talk):
        place = company_place(talk, turn)
        if place is not None:
            company = company_name(talk, turn, place)
            slots: dict[str, SlotValue] = {"company": company}
            return [courtesy(ActionType.COMPANY_INTRODUCTION, turn, place, "company", slots)]
    return []


def _own_name(talk: Talk, turn: Turn) -> tuple[int, int] | None:
    english = talk.context.language == "en"
    said = introductions_en.own_name(talk, turn) if english else _said(talk, turn)
    said = said or _known_name(talk, turn)
    if said is not None or english:
        return said
    ours = company_place(talk, turn)
    taken = range(*ours) if ours is not None else range(0)
    places = [p for p in named(turn.tokens) if not _addressed(turn, p) and p[0] not in taken]
    if not places:
        formal = _formal(talk, turn)
        if formal is not None:
            return formal
    if not places and turn.punctuated and turn.index <= 2:
        return _unknown_name(talk, turn)
    if not places or (turn.index > 2 and not talk.hits("courtesies.greeting", turn)):
        return None
    return _by_place(talk, turn, places)


def _said(talk: Talk, turn: Turn) -> tuple[int, int] | None:
    """The name beside «меня зовут», «беспокоит», «на связи»; else beside «это», «я», a post."""
    strong = [
        at for hit in talk.hits("courtesies.my_name", turn) for at in (hit.end, hit.start - 1)
    ]
    after = {hit.end for hit in talk.hits("courtesies.my_name", turn)}
    weak = [hit.end for hit in talk.hits("courtesies.my_name_weak", turn)]
    for at in [*strong, *weak]:
        behind = at in after or at in weak
        if _is_nominative_name(turn, at) and (behind or not _vocative_at(turn, at)):
            return _whole(turn, at)
    known = bool(_own_names(turn))
    early = [hit.end for hit in talk.hits("courtesies.this_is", turn)] if turn.index <= 2 else []
    maybe = early if known else early + strong + weak[::-1] * (turn.index <= 2)
    for at in maybe:
        if _may_be_name(talk, turn, at, before=at in strong and at not in after):
            return at, at + 1
    return None


def _own_names(turn: Turn) -> list[tuple[int, int]]:
    """First names in the nominative by which nobody is called."""
    calls = [p for p in named(turn.tokens) if nominative_name(turn.tokens[p[0]])]
    return [p for p in calls if p[0] > 0 and not _addressed(turn, p)]


def _is_nominative_name(turn: Turn, at: int) -> bool:
    if not 0 <= at < len(turn.tokens):
        return False
    return first_name(turn.tokens[at].form) or nominative_name(turn.tokens[at])


def _vocative_at(turn: Turn, at: int) -> bool:
    """«Роман, меня зовут Инна»: a name set apart from the verb that follows is the other's."""
    return turn.tokens[at].comma or bool(turn.tokens[at].closes)


def _known_name(talk: Talk, turn: Turn) -> tuple[int, int] | None:
    """The agent's known first name, as spelt or as misheard."""
    for name in talk.context.agent_names:
        first = name.lower().replace("ё", "е").split()[:1]
        for at, token in enumerate(turn.tokens[:14]):
            if (
                first
                and len(first[0]) > 2
                and fuzz.ratio(sound(first[0]), sound(token.form)) >= LIKE
            ):
                return at, at + 1
    return None


def _formal(talk: Talk, turn: Turn) -> tuple[int, int] | None:
    """The agent's name with a patronymic: the second of two, or of whoever takes the call."""
    places = [p for p in named(turn.tokens) if is_patronymic(turn.tokens[p[1] - 1])]
    if len(places) > 1:
        return places[-1]
    answering = turn.index == 0 and talk.context.direction is Direction.IN
    return places[0] if places and answering else None


def _unknown_name(talk: Talk, turn: Turn) -> tuple[int, int] | None:
    """A lone capitalised word between commas beside the company: a name no dictionary has."""
    company = company_place(talk, turn)
    if company is None:
        return None
    greeting = {i for h in talk.hits("courtesies.greeting", turn) for i in range(h.start, h.end)}
    before = company[0] - 1
    while before > 0 and _generic(talk, turn, before):
        before -= 1
    for at in (before, company[1]):
        if not 0 <= at < len(turn.tokens) or at in greeting:
            continue
        token = turn.tokens[at]
        apart = at == 0 or turn.tokens[at - 1].comma or bool(turn.tokens[at - 1].closes)
        ends = token.comma or bool(token.closes) or at == len(turn.tokens) - 1
        if apart and ends and token.raw[:1].isupper() and token.form not in STOP:
            return at, at + 1
    return None


def _may_be_name(talk: Talk, turn: Turn, at: int, *, before: bool) -> bool:
    """Whether a word that no dictionary has for a name may be one at this place."""
    if not 0 <= at < len(turn.tokens) or (before and _vocative_at(turn, at)):
        return False
    token = turn.tokens[at]
    ours = company_place(talk, turn)
    if token.form in STOP or (ours is not None and at in range(*ours)):
        return False
    greeting = talk.hits("courtesies.greeting", turn)
    if any(h.start <= at < h.end for h in greeting) or is_patronymic(token):
        return False
    if _generic(talk, turn, at):
        return False
    return token.raw[:1].isupper() or (not before and _nounlike(token))


def _generic(talk: Talk, turn: Turn, at: int) -> bool:
    """Whether a word is one for companies: «компания», «студия»."""
    words = talk.book.sets.get("org_word", ())
    return any(word in turn.tokens[at].keys for word in words)


def _nounlike(token: Token) -> bool:
    return any({"NOUN", "sing", "nomn"} <= p.grammemes for p in token.parses[:2])


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


def _by_place(talk: Talk, turn: Turn, places: list[tuple[int, int]]) -> tuple[int, int] | None:  # noqa: PLR0911 - one exit per place
    """Of two names the later is the agent's; a lone one is, unless it stands in the greeting."""
    if len(places) > 1:
        return places[-1]
    start, end = places[0]
    incoming = talk.context.direction is Direction.IN or turn.index == 0
    greeting = talk.hits("courtesies.greeting", turn)
    company = company_place(talk, turn, but=(start, end))
    heard_back = _called_back(talk, turn, turn.tokens[start].form)
    if heard_back:
        return start, end
    if talk.context.direction is Direction.IN:
        return start, end
    taken = range(*company) if company is not None else range(0)
    others = [p for p in named(turn.tokens) if p[0] not in taken]
    addressed = any(_addressed(turn, p) for p in others)
    if addressed:
        return start, end
    if _vocative(turn, start, end, greeting) and not (company and company[0] == end):
        return None
    if company is not None and _belongs(turn, (start, end), company):
        return start, end
    return (start, end) if incoming and not greeting else None


def _belongs(turn: Turn, name: tuple[int, int], company: tuple[int, int]) -> bool:
    """Whether a name stands beside the company's, or after it apart or behind a post."""
    start, end = name
    if abs(company[0] - end) <= 1 or abs(start - company[1]) <= 1:
        return True
    before = turn.tokens[start - 1]
    noun = any("NOUN" in p.grammemes for p in before.parses[:1])
    apart = before.comma or bool(before.closes) or noun
    return 0 < start - company[1] <= NEAR and apart and not turn.asks(start)


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
