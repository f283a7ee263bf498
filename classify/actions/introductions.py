"""`self_introduction` and `company_introduction`: who calls, told apart from who is called."""

from __future__ import annotations

from classify.actions.company import STOP, company_name, company_place
from classify.actions.courtesies import courtesy, opening
from classify.actions.findings import Findings
from classify.actions.people import is_name, is_patronymic, named, spelled
from classify.dialogue import Hit, Talk, Turn
from models.vocabulary.action import Action, ActionType, SlotValue
from models.vocabulary.call import Direction
from models.vocabulary.transcript import Speaker


def find_self_introduction(talk: Talk, _: Findings) -> list[Action]:
    """The agent's own name, told apart from the client's."""
    for turn in opening(talk):
        place = _own_name(talk, turn)
        if place is not None:
            name = spelled(turn.tokens, *place)
            return [courtesy(ActionType.SELF_INTRODUCTION, turn, place, "own name", {"name": name})]
    return []


def find_company_introduction(talk: Talk, _: Findings) -> list[Action]:
    """The agent's company: by a word for companies, by its known name, by its place."""
    for turn in opening(talk):
        place = company_place(talk, turn)
        if place is not None:
            company = company_name(talk, turn, place)
            slots: dict[str, SlotValue] = {"company": company}
            return [courtesy(ActionType.COMPANY_INTRODUCTION, turn, place, "company", slots)]
    return []


def _own_name(talk: Talk, turn: Turn) -> tuple[int, int] | None:  # noqa: PLR0911 - one exit per way to say it
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
            name = turn.tokens[back] if back >= 0 else token
            asked = name.form in ("как", "меня", "вас", "зовут")
            if name.sentence == token.sentence and not asked:
                return back, back + 1
    return None


def _unknown_name(talk: Talk, turn: Turn) -> tuple[int, int] | None:
    """A lone capitalised word between commas beside the company: a name no dictionary has."""
    company = company_place(talk, turn)
    if company is None:
        return None
    greeting = {i for h in talk.hits("courtesies.greeting", turn) for i in range(h.start, h.end)}
    for at in (company[0] - 1, company[1]):
        if not 0 <= at < len(turn.tokens) or at in greeting:
            continue
        token = turn.tokens[at]
        apart = at == 0 or turn.tokens[at - 1].comma or bool(turn.tokens[at - 1].closes)
        ends = token.comma or bool(token.closes) or at == len(turn.tokens) - 1
        if apart and ends and token.raw[:1].isupper() and token.form not in STOP:
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
