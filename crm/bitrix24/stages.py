"""Pipelines with their stages, our people, what cards demand, and how cards were moved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from crm.bitrix24.cards import KINDS
from crm.bitrix24.facts import DEAL, Facts
from crm.bitrix24.listing import Listing
from crm.bitrix24.portal import PAGE, Portal
from crm.bitrix24.values import code_of, id_of, moment_of, number_of, rows_of
from crm.rows import Row, joined, row_of, text_of
from models.vocabulary.crm import CustomField, Shape, StageDemand
from models.vocabulary.deal import Pipeline, Stage, StageChange, StageKind, User

_WORDS = {"success": StageKind.WON, "failure": StageKind.LOST, "apology": StageKind.LOST}
_SELECTED_USER = [
    "ID",
    "NAME",
    "LAST_NAME",
    "SECOND_NAME",
    "WORK_POSITION",
    "WORK_PHONE",
    "PERSONAL_PHONE",
    "PERSONAL_MOBILE",
    "UF_PHONE_INNER",
    "ACTIVE",
]
_MOST_USERS = 20_000


def read_shape(portal: Portal, facts: Facts, own: frozenset[str]) -> Shape:
    """Pipelines, people and what cards demand.

    Raises:
        CrmError: they cannot be read.
    """
    pipelines = _pipelines(portal)
    fields = tuple(
        CustomField(code, one.name) for code, one in facts.custom.items() if code not in own
    )
    return Shape(pipelines, _users(portal), _demands(pipelines, facts, own), fields)


def history_listing(
    *, since: datetime | None = None, deals: Sequence[str] | None = None
) -> Listing:
    """The list of moved cards."""
    told: dict[str, object] = {}
    if since is not None:
        told[">=CREATED_TIME"] = since.isoformat(timespec="seconds")
    if deals is not None:
        told["@OWNER_ID"] = [int(one) for one in deals]
    return Listing("crm.stagehistory.list", {"entityTypeId": DEAL}, told, within="items")


def owners_of(rows: Iterable[Row]) -> list[str]:
    """The deals that rows of the history are about, each once."""
    found = (id_of(row.get("OWNER_ID")) for row in rows)
    return list(dict.fromkeys(one for one in found if one is not None))


def changes_of(rows: Iterable[Row]) -> list[StageChange]:
    """Rows of the history in our words, each with the stage that its card came from.

    Args:
        rows: all that there are of a deal; a row only says where a card went.
    """
    by_deal: dict[str, list[StageChange]] = {}
    for row in sorted(rows, key=lambda row: int(id_of(row.get("ID")) or 0)):
        change = _change_of(row)
        if change is not None:
            by_deal.setdefault(change.deal_id, []).append(change)
    return [
        replace(change, from_id=before.to_id if before else None)
        for changes in by_deal.values()
        for before, change in zip([None, *changes], changes, strict=False)
    ]


def _change_of(row: Row) -> StageChange | None:
    own, deal_id = id_of(row.get("ID")), id_of(row.get("OWNER_ID"))
    to_id, at = code_of(row.get("STAGE_ID")), moment_of(row.get("CREATED_TIME"))
    if own is None or deal_id is None or not to_id or at is None:
        return None
    return StageChange(deal_id=deal_id, to_id=to_id, at=at, id=own)


def _pipelines(portal: Portal) -> tuple[Pipeline, ...]:
    told = portal.call("crm.category.list", {"entityTypeId": DEAL})
    categories = rows_of(row_of(told.result).get("categories"))
    known = {_category(row): row for row in sorted(categories, key=_sort)}
    batched = portal.batch(
        {
            f"c{category}": (
                "crm.status.list",
                {
                    "order": {"SORT": "ASC"},
                    "filter": {
                        "ENTITY_ID": f"DEAL_STAGE_{category}" if category != "0" else "DEAL_STAGE"
                    },
                },
            )
            for category in known
        }
    )
    found = []
    for category, row in known.items():
        statuses = sorted(rows_of(batched.result(f"c{category}")), key=_sort)
        stages = tuple(stage for one in statuses if (stage := _stage(one)) is not None)
        if stages:
            name = text_of(row.get("name")) or f"#{category}"
            found.append(Pipeline(category, name, "", stages))
    return tuple(found)


def _category(row: Row) -> str:
    return id_of(row.get("id")) or "0"


def _sort(row: Row) -> float:
    return number_of(row.get("sort", row.get("SORT"))) or 0.0


def _stage(row: Row) -> Stage | None:
    own = code_of(row.get("STATUS_ID"))
    if not own:
        return None
    word = code_of(row_of(row.get("EXTRA")).get("SEMANTICS")).lower()
    kind = KINDS.get(code_of(row.get("SEMANTICS")).upper()) or _WORDS.get(word, StageKind.OPEN)
    return Stage(own, text_of(row.get("NAME")) or own, kind)


def _users(portal: Portal) -> tuple[User, ...]:
    """All users, also those who have left: old calls are theirs."""
    asked = {"sort": "ID", "order": "ASC", "ADMIN_MODE": True, "select": _SELECTED_USER}
    first = portal.call("user.get", {**asked, "start": 0})
    rows = rows_of(first.result)
    most = min(first.total or len(rows), _MOST_USERS)
    batched = portal.batch(
        {f"u{start}": ("user.get", {**asked, "start": start}) for start in range(PAGE, most, PAGE)}
    )
    for name in batched.told:
        rows += rows_of(batched.result(name))
    for error in batched.errors.values():
        raise error
    found = (_user(row) for row in rows)
    return tuple({user.id: user for user in found if user is not None}.values())


def _user(row: Row) -> User | None:
    own = id_of(row.get("ID"))
    if own is None:
        return None
    phones = (row.get(key) for key in ("WORK_PHONE", "PERSONAL_MOBILE", "PERSONAL_PHONE"))
    extension = text_of(row.get("UF_PHONE_INNER"))
    return User(
        id=own,
        name=joined(row.get("NAME"), row.get("LAST_NAME")) or f"#{own}",
        extensions=(extension,) if extension else (),
        phones=tuple(dict.fromkeys(text for one in phones if (text := text_of(one)))),
        role=text_of(row.get("WORK_POSITION")),
    )


def _demands(
    pipelines: Sequence[Pipeline], facts: Facts, own: frozenset[str]
) -> tuple[StageDemand, ...]:
    """Fields that must be filled. REST tells of no single stage: they hold from the first one."""
    required: Mapping[str, str] = {
        code: one.name for code, one in facts.custom.items() if one.required and code not in own
    }
    if not required:
        return ()
    return tuple(
        StageDemand(pipeline.id, pipeline.stages[0].id, tuple(required.items()))
        for pipeline in pipelines
    )
