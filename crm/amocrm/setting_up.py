"""What an account is: whose, what may be done there, pipelines, people, what stages demand."""

from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from crm.amocrm.asking import Asking
from crm.amocrm.cards import KINDS, pipeline_of, user_of
from crm.amocrm.fields import OWN_CODE
from crm.amocrm.pages import whole_list
from crm.amocrm.shapes import (
    AccountShape,
    FieldShape,
    PipelineShape,
    Status,
    UserShape,
    embedded,
    parsed,
)
from crm.amocrm.values import flag, object_, plain, some_id
from crm.errors import CrmAnswerError, CrmGoneError, CrmRefusedError, CrmShutError
from models.vocabulary.crm import Account, CustomField, Shape, StageDemand, Thing
from models.vocabulary.deal import User

_DENIED = "D"
_PLACES = (("leads", Thing.DEAL), ("contacts", Thing.CONTACT), ("companies", Thing.COMPANY))
_SYMBOLS = {"₽": "RUB", "$": "USD", "€": "EUR", "₸": "KZT", "₴": "UAH"}


def account_of(asks: Asking) -> AccountShape:
    """The account.

    Raises:
        CrmAnswerError: the answer is none.
    """
    asked = {"with": "datetime_settings,version,is_api_filter_enabled"}
    found = list(parsed(AccountShape, [object_(asks.get("/account", asked).body)]))
    if not found or not (found[0].name or found[0].subdomain):
        raise CrmAnswerError(f"{asks.access.name}: what stands at the address is no amoCRM.")
    return found[0]


def zone_of(account: AccountShape) -> ZoneInfo:
    """The account's time zone; Moscow's where it tells none that we know."""
    try:
        return ZoneInfo(account.timezone() or "Europe/Moscow")
    except (ValueError, OSError, KeyError):
        return ZoneInfo("Europe/Moscow")


def currency_of(account: AccountShape) -> str:
    """The account's currency by its code of three letters."""
    code = _SYMBOLS.get(account.currency, account.currency).upper()
    return code if len(code) == 3 and code.isalpha() else "RUB"


def told_account(asks: Asking) -> Account:
    """Whose account it is and what the token may do.

    Raises:
        CrmError: it does not let us in.
    """
    shape = account_of(asks)
    asks.get("/leads", {"limit": 1})
    user, may = _user(asks, shape)
    slow = ("amocrm_no_filter",) if shape.is_api_filter_enabled is False else ()
    return Account(
        name=shape.name or shape.subdomain,
        address=asks.base,
        timezone=zone_of(shape).key,
        currency=currency_of(shape),
        user=user,
        may=may,
        limits=("amocrm", *slow),
    )


def told_shape(asks: Asking) -> Shape:
    """Pipelines, people and what stages demand.

    Raises:
        CrmError: it came to nothing.
    """
    shapes = list(parsed(PipelineShape, embedded(asks.get("/leads/pipelines").body, "pipelines")))
    shapes.sort(key=lambda one: one.sort or 0)
    return Shape(
        pipelines=tuple(map(pipeline_of, shapes)),
        users=_people(asks),
        demands=_demands(asks, shapes),
        fields=_fields(asks),
    )


def _fields(asks: Asking) -> tuple[CustomField, ...]:
    """The custom fields of leads, contacts and companies, as far as we are shown them."""
    found: list[CustomField] = []
    for place, of in _PLACES:
        try:
            rows = whole_list(asks.get, f"/{place}/custom_fields", "custom_fields")
            shapes = list(parsed(FieldShape, rows))
        except (CrmShutError, CrmGoneError, CrmRefusedError):
            continue
        found += [
            CustomField(one.id, one.name or one.id, of)
            for one in shapes
            if not one.code.startswith(OWN_CODE)
        ]
    return tuple(found)


def invoice_lists(asks: Asking) -> frozenset[str]:
    """Ids of the account's lists of invoices; none where it has none or shows none."""
    try:
        body = asks.get("/catalogs", {"filter[type]": "invoices", "limit": 250}).body
    except (CrmShutError, CrmGoneError, CrmRefusedError):
        return frozenset()
    return frozenset(
        plain(row.get("id"))
        for row in embedded(body, "catalogs")
        if plain(row.get("type")) == "invoices"
    )


def sources_of(asks: Asking) -> dict[str, str]:
    """Names of sources by their ids, as far as the integration is shown them."""
    try:
        body = asks.get("/sources").body
    except (CrmShutError, CrmGoneError, CrmRefusedError):
        return {}
    return {
        plain(row.get("id")): plain(row.get("name"))
        for row in embedded(body, "sources")
        if plain(row.get("name"))
    }


def _people(asks: Asking) -> tuple[User, ...]:
    """Our people; only administrators are told who they are."""
    try:
        rows = list(whole_list(asks.get, "/users", "users", {"with": "role"}))
    except CrmShutError:
        return ()
    return tuple(map(user_of, parsed(UserShape, rows)))


def _user(asks: Asking, account: AccountShape) -> tuple[str, frozenset[str]]:
    """Who the token is, and what they may do; only administrators are told their rights."""
    id_ = account.current_user_id
    try:
        body = asks.get(f"/users/{id_}").body if id_ else None
    except (CrmShutError, CrmGoneError):
        body = None
    found = next(parsed(UserShape, [object_(body)]), None)
    if found is None:
        return id_ or "?", frozenset({"read", "notes", "tasks"})
    rights, leads = found.rights, object_(found.rights.get("leads"))
    admin = flag(rights.get("is_admin"))
    may = {"read"}
    if admin or leads.get("edit") not in (_DENIED, None, ""):
        may |= {"notes", "tags", "fields"}
    if admin or object_(rights.get("tasks")).get("edit") not in (_DENIED, None, ""):
        may.add("tasks")
    if admin:
        may |= {"make_fields", "hooks"}
    return found.name or found.id, frozenset(may)


def _demands(asks: Asking, shapes: Iterable[PipelineShape]) -> tuple[StageDemand, ...]:
    """Fields that must be filled on a stage, and what people wrote about it."""
    fields: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for one in parsed(FieldShape, whole_list(asks.get, "/leads/custom_fields", "custom_fields")):
        if one.code.startswith(OWN_CODE):
            continue
        for status in one.required_statuses:
            place = (_id(status.get("pipeline_id")), _id(status.get("status_id")))
            fields.setdefault(place, []).append((one.id, one.name))
    demands = []
    for shape in shapes:
        for stage in _statuses(asks, shape):
            named = tuple(fields.get((shape.id, stage.id), ()))
            advice = tuple(
                text
                for description in stage.descriptions
                if (text := plain(description.get("description")))
            )
            if named or advice:
                demands.append(StageDemand(shape.id, stage.id, named, advice))
    return tuple(demands)


def _statuses(asks: Asking, shape: PipelineShape) -> list[Status]:
    """A pipeline's stages with what people wrote about them, which is told only there."""
    known = list(parsed(Status, shape.inside("statuses")))
    if any(status.descriptions for status in known) or all(s.id in KINDS for s in known):
        return known
    path = f"/leads/pipelines/{shape.id}/statuses"
    try:
        body = asks.get(path, {"with": "descriptions"}).body
    except (CrmGoneError, CrmShutError, CrmRefusedError):
        return known
    return list(parsed(Status, embedded(body, "statuses"))) or known


def _id(value: object) -> str:
    try:
        return some_id(value) or ""
    except ValueError:
        return ""
