"""The snapshot file's records as docs/formats.md, section 2 writes them (private here).

Nulls and blank texts are taken out before these models see a record, so a field is either
absent or says something. Unknown fields are ignored.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, model_validator

from crm.values import Amount, Id, Moment, Texts, parse_texts
from models.vocabulary.deal import ActivityKind, ActivityType, StageKind


def _plain_text(value: object) -> str:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise ValueError("expected a text")


Text = Annotated[str, BeforeValidator(_plain_text)]


class _Record(BaseModel):
    model_config = ConfigDict(extra="ignore", populate_by_name=True)


class StageRecord(_Record):
    """One stage of a pipeline."""

    id: Id
    name: Text = ""
    key: Text | None = None
    kind: StageKind | None = None


class PipelineRecord(_Record):
    """One pipeline."""

    id: Id
    name: Text = ""
    template: Text
    stages: list[StageRecord] = Field(min_length=1)


class UserRecord(_Record):
    """One of our people."""

    id: Id
    name: Text = ""
    extensions: Texts = []
    phones: Texts = []
    role: Text | None = None


class CompanyRecord(_Record):
    """One client company."""

    id: Id
    name: Text = ""
    phones: Texts = []
    fields: dict[str, JsonValue] = {}

    @model_validator(mode="after")
    def _take_custom_phones(self) -> Self:
        """Many CRMs keep a company's phone among its custom fields."""
        custom = [self.fields[name] for name in ("phone", "phones") if name in self.fields]
        phones = [*self.phones, *(text for value in custom for text in parse_texts(value))]
        self.phones = list(dict.fromkeys(phones))
        return self


class ContactRecord(_Record):
    """One person at a client's."""

    id: Id
    name: Text = ""
    company_id: Id | None = None
    phones: Texts = []
    emails: Texts = []
    decision_maker: bool = False


class DealRecord(_Record):
    """One deal."""

    id: Id
    name: Text = ""
    pipeline_id: Id
    stage_id: Id
    status: StageKind | None = None
    amount: Amount | None = None
    currency: Text = "RUB"
    contact_ids: Texts = []
    company_id: Id | None = None
    responsible_id: Id | None = None
    source: Text | None = None
    created_at: Moment
    updated_at: Moment | None = None
    closed_at: Moment | None = None
    fields: dict[str, JsonValue] = {}


class StageChangeRecord(_Record):
    """One move of a card."""

    deal_id: Id
    from_id: Id | None = Field(default=None, alias="from")
    to_id: Id = Field(alias="to")
    at: Moment
    by: Id | None = None


class ActivityRecord(_Record):
    """One thing planned or done."""

    id: Id
    deal_id: Id | None = None
    contact_id: Id | None = None
    type: ActivityType
    kind: ActivityKind | None = None
    direction: Literal["in", "out"] | None = None
    created_at: Moment
    due_at: Moment | None = None
    completed_at: Moment | None = None
    result: Text | None = None
    amount: Amount | None = None
    subject: Text | None = None
    text: Text | None = None
    place: Text | None = None
    user_id: Id | None = None
    call_id: Id | None = None


class SnapshotRecord(_Record):
    """The whole file."""

    as_of: Moment
    crm: Literal["amocrm", "bitrix24", "file"] = "file"
    pipelines: list[PipelineRecord] = Field(min_length=1)
    users: list[UserRecord] = []
    companies: list[CompanyRecord] = []
    contacts: list[ContactRecord] = []
    deals: list[DealRecord] = []
    stage_changes: list[StageChangeRecord] = []
    activities: list[ActivityRecord] = []
