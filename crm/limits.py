"""What a CRM allows, in words: adapters name it by code, whoever shows it asks for a language.

The sentences themselves stand in ``limits.yaml``.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from core.packaged import read_packaged
from models.vocabulary.crm import Account


def limits_in(account: Account, language: str) -> str:
    """What a CRM allows, as sentences of a language (``ru``, ``en``); empty where it told none."""
    return " ".join(_sentences()[code][language] for code in account.limits)


@cache
def _sentences() -> Mapping[str, Mapping[str, str]]:
    found: Mapping[str, Mapping[str, str]] = read_packaged(files("crm") / "limits.yaml")
    return found
