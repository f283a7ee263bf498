"""Which custom field of a CRM is which of ours, who has which extension, and our own fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from classify.field_mapping import FieldGuess, asked_fields, guess_fields
from crm.own_fields import NAMES
from crm.port import Adapter
from flow.crms.asking import Asking
from flow.crms.place import Place
from models.vocabulary.crm import Connection, CustomField, Shape

_NONE = "none"


def map_fields(place: Place, connection: Connection, shape: Shape) -> None:
    """Asks which custom field is which of those that the rules of the pipelines ask for.

    Raises:
        StagecheckError: nobody answers, or the database cannot be used.
    """
    rules = place.rules()
    judging = [
        rules[one["template"]] for one in connection.stages.values() if one.get("template") in rules
    ]
    asked = asked_fields(judging)
    known = {**place.settings.crm.field_names, **(connection.options.get("field_names") or {})}
    open_ = [(of, name) for of, name in asked if name not in known.values()]
    if not open_:
        return
    if not shape.fields:
        place.ask.say(_BY_HAND.format(names=", ".join(name for _, name in open_)))
        return
    chosen = dict(connection.options.get("field_names") or {})
    for guess in guess_fields(open_, shape.fields):
        field = _chosen(place.ask, guess, shape)
        if field is not None:
            chosen[field.id] = guess.ours
    detail = ", ".join(f"{theirs}={ours}" for theirs, ours in sorted(chosen.items()))
    place.desk.set_options(connection.id, "crm fields mapped", detail, field_names=chosen)


_BY_HAND = (
    "The rules ask for these fields: {names}. Where the CRM calls them otherwise, say so in the "
    "setting `crm.field_names` or on the CRM's page."
)


def _chosen(ask: Asking, guess: FieldGuess, shape: Shape) -> CustomField | None:
    fields = {one.name: one for one in shape.fields if one.of is guess.of}
    fields |= {one.id: one for one in shape.fields if one.of is guess.of}
    usual = guess.field.name if guess.field else _NONE
    if ask.takes_usual:
        if guess.field is not None:
            ask.say(f"  {guess.ours} ({guess.of.value}): {guess.field.name}")
        return guess.field
    while True:
        question = f"Which field of the {guess.of.value} is `{guess.ours}`? (name, id or {_NONE})"
        answer = ask.text(question, usual)
        if answer == _NONE:
            return None
        if answer in fields:
            return fields[answer]
        ask.say(f"There is no field `{answer}`. There are: {', '.join(sorted(fields))}.")


def give_extensions(place: Place, connection: Connection, shape: Shape) -> None:
    """Asks for the extensions of users of whom the CRM knows none.

    Raises:
        StagecheckError: nobody answers, or the database cannot be used.
    """
    known: Mapping[str, Any] = connection.options.get("extensions") or {}
    without = [one for one in shape.users if not one.extensions and one.id not in known]
    if not without:
        return
    names = ", ".join(one.name for one in without)
    place.ask.say(f"The CRM knows no telephone extension of: {names}.")
    question = "Give them now? (calls find their manager by them)"
    if not place.ask.agrees(question, usual=False):
        return
    given = {**known}
    for one in without:
        answer = place.ask.text(f"{one.name} (several with commas, - for none)", "-")
        numbers = [part.strip() for part in answer.split(",") if part.strip().isdecimal()]
        if numbers:
            given[one.id] = numbers
    detail = f"of {len(given)} users"
    place.desk.set_options(connection.id, "crm extensions given", detail, extensions=given)


def make_own_fields(place: Place, connection: Connection, adapter: Adapter) -> bool:
    """Makes our own fields in the CRM, if the person agrees; gives whether they are there.

    Raises:
        CrmError: the CRM does not make them.
        StagecheckError: nobody answers, or the database cannot be used.
    """
    if connection.own_fields:
        return True
    names = NAMES[place.settings.crm.language]
    place.ask.say(f"Fields of our own in a deal: {', '.join(names.values())}.")
    if not place.ask.agrees("Make these fields in the CRM?", usual=False):
        return False
    made = adapter.make_fields(names)
    place.desk.keep_own_fields(connection.id, {one.value: theirs for one, theirs in made.items()})
    place.ask.say("Made.")
    return True
