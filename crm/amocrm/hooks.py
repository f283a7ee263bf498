"""Reads web-hooks of amoCRM: forms whose keys are bracketed as PHP writes them.

https://www.amocrm.ru/developers/content/crm_platform/webhooks-format. They are not signed and
prove nothing: what they name is read again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl

from crm.amocrm.values import object_, plain, rows, some_id
from models.vocabulary.crm import Rung, Thing

_MOST_BYTES = 1 << 20
_MOST_KEYS = 20_000
_DEEPEST = 12
_MOST_THINGS = 1000
_BRACKET = re.compile(r"\[([^\[\]]*)\]")
_CARDS = {"leads": Thing.DEAL, "contacts": Thing.CONTACT, "companies": Thing.COMPANY}
_ELEMENTS = {
    "1": Thing.CONTACT,
    "2": Thing.DEAL,
    "3": Thing.COMPANY,
    "contact": Thing.CONTACT,
    "contacts": Thing.CONTACT,
    "lead": Thing.DEAL,
    "leads": Thing.DEAL,
    "company": Thing.COMPANY,
    "companies": Thing.COMPANY,
}
_ATTACHED = ("task", "note", "message", "talk", "unsorted")


def read_hook(body: bytes, content_type: str) -> tuple[Rung, None]:
    """What a web-hook names; tasks, notes and messages name the card that they hang on.

    Args:
        body: as it came.
        content_type: a form, or JSON.

    Raises:
        ValueError: too large, too deep, or none of amoCRM's.
    """
    if len(body) > _MOST_BYTES:
        raise ValueError("the body is too large")
    is_json = "json" in content_type.lower() or body.lstrip()[:1] == b"{"
    found = _from_json(body) if is_json else _from_form(body)
    if not any(name in found for name in (*_CARDS, *_ATTACHED, "lead", "event", "account")):
        raise ValueError("none of amoCRM's web-hooks")
    things = dict.fromkeys(_things(found))
    if len(things) > _MOST_THINGS:
        raise ValueError("it names too much")
    return Rung(tuple(things)), None


def _from_json(body: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ValueError("no JSON") from error
    if not isinstance(found, dict):
        raise ValueError("no object")  # noqa: TRY004 - a body that is none of amoCRM's
    return found


def _from_form(body: bytes) -> Mapping[str, Any]:
    pairs = parse_qsl(
        body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=_MOST_KEYS
    )
    tree: dict[str, Any] = {}
    for key, value in pairs:
        steps = _steps(key)
        if len(steps) > _DEEPEST:
            raise ValueError("a key is too deep")
        place = tree
        for step in steps[:-1]:
            below = place.get(step)
            if not isinstance(below, dict):  # none yet, or a key repeated in another form
                below = place[step] = {}
            place = below
        place[steps[-1] or str(len(place))] = value
    return tree


def _steps(key: str) -> list[str]:
    head, bracket, _ = key.partition("[")
    return [head, *_BRACKET.findall(key)] if bracket else [head]


def _things(found: Mapping[str, Any]) -> Iterator[tuple[Thing, str]]:
    for name, thing in _CARDS.items():
        for action, entities in object_(found.get(name)).items():
            for one in _entities(entities):
                yield from _of_card(one, thing, action)
    for name in _ATTACHED:
        for entities in object_(found.get(name)).values():
            for one in _entities(entities):
                yield from _of_attached(one)
    for holder in (object_(found.get("lead")), found):
        yield from _of_pipeline(object_(holder.get("event")))


def _entities(value: object) -> Iterator[dict[str, Any]]:
    """The entities of an action: a list, one keyed by numbers or ids, or one alone."""
    if isinstance(value, Mapping) and any(name in value for name in ("id", "note", "element_id")):
        yield dict(value)
        return
    yield from rows(value)


def _of_card(one: Mapping[str, Any], thing: Thing, action: str) -> Iterator[tuple[Thing, str]]:
    if action == "note" or "note" in one:
        yield from _of_attached(object_(one.get("note")) or one, thing)
        return
    # Companies come among the contacts, and say so.
    own = _ELEMENTS.get(plain(one.get("type")).lower(), thing) if thing is Thing.CONTACT else thing
    yield from _known(own, one.get("id"))
    if action == "delete":
        return
    for name, linked in (("linked_leads_id", Thing.DEAL), ("linked_company_id", Thing.COMPANY)):
        values = one.get(name)
        for id_ in values if isinstance(values, Mapping) else (values,):
            yield from _known(linked, id_)


def _of_attached(
    one: Mapping[str, Any], otherwise: Thing | None = None
) -> Iterator[tuple[Thing, str]]:
    """What a task, a note, a message hangs on."""
    for kind, id_ in (("element_type", "element_id"), ("entity_type", "entity_id")):
        thing = _ELEMENTS.get(plain(one.get(kind)).lower(), otherwise)
        if thing is not None:
            yield from _known(thing, one.get(id_))
    yield from _known(Thing.DEAL, one.get("lead_id"))
    for id_ in object_(object_(one.get("accept_result")).get("leads")).values():
        yield from _known(Thing.DEAL, id_)


def _of_pipeline(event: Mapping[str, Any]) -> Iterator[tuple[Thing, str]]:
    """A web-hook of the digital pipeline in its newer form."""
    data = object_(event.get("data")) or event
    kind = plain(data.get("element_type") or event.get("element_type")).lower()
    for name in ("id", "element_id", "entity_id"):
        if data.get(name):
            yield from _known(_ELEMENTS.get(kind, Thing.DEAL), data.get(name))
            return


def _known(thing: Thing, value: object) -> Iterator[tuple[Thing, str]]:
    try:
        id_ = some_id(value)
    except ValueError:
        return
    if id_ is not None and id_.isascii() and id_.isdigit() and len(id_) <= 20:
        yield thing, id_
