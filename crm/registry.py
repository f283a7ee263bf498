"""Which adapter speaks to which kind of CRM; each is imported when it is needed."""

from __future__ import annotations

from crm.port import Adapter, CrmAccess, HookReader
from models.vocabulary.crm import CrmKind


def open_crm(kind: CrmKind, access: CrmAccess) -> Adapter:
    """The adapter of a kind, not yet connected."""
    match kind:
        case CrmKind.AMOCRM:
            from crm.amocrm.adapter import AmoCrm

            return AmoCrm(access)
        case CrmKind.BITRIX24:
            from crm.bitrix24.adapter import Bitrix24

            return Bitrix24(access)
        case CrmKind.BOTTLECRM:
            from crm.bottlecrm.adapter import BottleCrm

            return BottleCrm(access)


def hook_reader(kind: CrmKind) -> HookReader | None:
    """What reads the web-hooks of a kind; ``None`` where it cannot send us any."""
    match kind:
        case CrmKind.AMOCRM:
            from crm.amocrm.hooks import read_hook as read_amocrm

            return read_amocrm
        case CrmKind.BITRIX24:
            from crm.bitrix24.hooks import read_hook as read_bitrix24

            return read_bitrix24
        case CrmKind.BOTTLECRM:
            return None
