"""Whose BottleCRM it is and what a token is good for there, found out without writing anything."""

from __future__ import annotations

from crm.bottlecrm.desk import Desk, path_of
from crm.bottlecrm.values import zone_of
from crm.errors import CrmGoneError, CrmRefusedError, CrmShutError
from crm.rows import row_of, text_of
from models.vocabulary.crm import Account

# BottleCRM looks at a token's rights first and for the record then: who may write hears that there
# is no such record. Nothing has this id.
_NOTHING = "00000000-0000-0000-0000-000000000000"
_TRIED = {
    "fields": ("PATCH", "opportunities"),
    "notes": ("POST", "opportunities"),
    "tasks": ("PATCH", "tasks"),
    "transcripts": ("PATCH", "interactions"),
    "make_fields": ("PUT", "custom-fields"),
}
_ADMIN = "ADMIN"


def account_of(desk: Desk) -> Account:
    """The organization that a token leads to.

    Raises:
        CrmError: it does not let us in.
    """
    profile, _ = desk.get("profile/")
    user = row_of(profile.get("user_obj"))
    details = row_of(user.get("user_details"))
    settings = desk.settings()
    may = {"read", *(what for what, (method, kind) in _TRIED.items() if _may(desk, method, kind))}
    if "fields" in may:
        may.add("tags")
    seen = () if user.get("role") == _ADMIN else ("bottlecrm_no_admin",)
    return Account(
        name=text_of(settings.get("name")) or desk.access.name,
        address=desk.access.address,
        timezone=zone_of(settings.get("timezone")).key,
        currency=desk.office().currency,
        user=text_of(details.get("name")) or text_of(details.get("email")) or "?",
        may=frozenset(may),
        limits=("bottlecrm", *seen),
    )


def _may(desk: Desk, method: str, kind: str) -> bool:
    try:
        desk.send(method, path_of(kind, _NOTHING), {})
    except CrmGoneError:
        return True
    except (CrmShutError, CrmRefusedError):
        return False
    return True
