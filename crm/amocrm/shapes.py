"""The shapes in which amoCRM answers, as far as we read them; everything else is ignored.

Lists may be null, numbers may be texts, empty objects are lists: whatever is not the id is taken
as missing rather than refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from crm.amocrm.values import (
    Flag,
    Id,
    MaybeId,
    Money,
    Object,
    Rows,
    Stamp,
    Text,
    object_,
    rows,
)

Shape = TypeVar("Shape", bound=BaseModel)


class _Shape(BaseModel):
    model_config = ConfigDict(extra="ignore", populate_by_name=True)


class _Embedding(_Shape):
    embedded: Object = Field(default={}, alias="_embedded")

    def inside(self, name: str) -> list[dict[str, Any]]:
        """What is embedded under a name."""
        return rows(self.embedded.get(name))


class FieldValue(_Shape):
    """A custom field that is filled on a card; `values` hold ``{"value": ..}``."""

    field_id: MaybeId = None
    field_name: Text = ""
    field_code: Text = ""
    field_type: Text = ""
    values: Rows = []


class _Filled(_Shape):
    custom_fields_values: Rows = []

    def values(self) -> list[FieldValue]:
        """The custom fields that are filled."""
        return list(parsed(FieldValue, self.custom_fields_values))


class Card(_Embedding, _Filled):
    """What leads, contacts and companies have in common."""

    id: Id
    name: Text = ""
    first_name: Text = ""
    last_name: Text = ""
    responsible_user_id: MaybeId = None
    created_at: Stamp = None
    updated_at: Stamp = None
    is_deleted: Flag = False


class Lead(Card):
    """A deal."""

    price: Money = None
    status_id: Id
    pipeline_id: Id
    closed_at: Stamp = None
    source_id: MaybeId = None


class Task(_Shape):
    """A task; `result` is ``[]`` where there is none."""

    id: Id
    entity_id: MaybeId = None
    entity_type: Text = ""
    text: Text = ""
    task_type_id: MaybeId = None
    complete_till: Stamp = None
    is_completed: Flag = False
    result: Object = {}
    responsible_user_id: MaybeId = None
    created_at: Stamp = None
    updated_at: Stamp = None


class Note(_Shape):
    """A note on a card: text, call, e-mail, file... by its `note_type`."""

    id: Id
    entity_id: MaybeId = None
    note_type: Text = ""
    params: Object = {}
    created_by: MaybeId = None
    responsible_user_id: MaybeId = None
    created_at: Stamp = None
    updated_at: Stamp = None


class Event(_Shape):
    """Something that happened to a card; ids are texts."""

    id: Id
    type: Text = ""
    entity_id: MaybeId = None
    entity_type: Text = ""
    created_by: MaybeId = None
    created_at: Stamp = None
    value_before: Rows = []
    value_after: Rows = []


class Element(_Filled):
    """An entry of a list (here: an invoice)."""

    id: Id
    name: Text = ""
    created_by: MaybeId = None
    created_at: Stamp = None
    updated_at: Stamp = None
    is_deleted: Flag = False


class Status(_Shape):
    """A stage; 142 and 143 are won and lost in every pipeline."""

    id: Id
    name: Text = ""
    sort: Money = None
    descriptions: Rows = []


class PipelineShape(_Embedding):
    """A pipeline with its statuses."""

    id: Id
    name: Text = ""
    sort: Money = None


class UserShape(_Embedding):
    """One of our people."""

    id: Id
    name: Text = ""
    rights: Object = {}


class FieldShape(_Shape):
    """A custom field as it is set up."""

    id: Id
    name: Text = ""
    code: Text = ""
    type: Text = ""
    required_statuses: Rows = []


class AccountShape(_Embedding):
    """The account."""

    name: Text = ""
    subdomain: Text = ""
    currency: Text = ""
    current_user_id: MaybeId = None
    is_api_filter_enabled: bool | None = None

    def timezone(self) -> str:
        """The account's time zone, empty where it is not told."""
        return str(object_(self.embedded.get("datetime_settings")).get("timezone") or "")


def parsed(shape: type[Shape], found: Iterable[object]) -> Iterator[Shape]:
    """Those of the objects that can be read."""
    for one in found:
        try:
            yield shape.model_validate(one)
        except ValidationError:
            continue


def read_rows(shape: type[Shape], found: Iterable[object]) -> tuple[list[Shape], list[str]]:
    """The objects that can be read, and a sentence for each other: its id and what was wrong."""
    good: list[Shape] = []
    odd: list[str] = []
    for one in found:
        try:
            good.append(shape.model_validate(one))
        except ValidationError as error:
            places = ", ".join(str(e["loc"][0]) for e in error.errors()[:3] if e["loc"])
            name = object_(one).get("id")
            shown = name if isinstance(name, int) or str(name).isdigit() else "?"
            odd.append(f"{shape.__name__.lower()} {shown} could not be read ({places})")
    return good, odd


def embedded(body: object, name: str) -> list[dict[str, Any]]:
    """What a list answer holds; nothing for an empty answer (204)."""
    return rows(object_(object_(body).get("_embedded")).get(name))


def goes_on(body: object) -> bool:
    """Whether a list answer says that there is a next page; a short page may."""
    following = object_(object_(object_(body).get("_links")).get("next"))
    return bool(following.get("href"))
