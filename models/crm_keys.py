"""The key that the tokens of live CRMs are sealed with, and their sealed form."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from core.crm_settings import CrmSettings
from models.sealed import SealedError
from models.secret_keys import SecretKeys
from models.vocabulary.crm import Tokens

KEY_FILE = "crm.key"


def crm_keys(state: Path, settings: CrmSettings) -> SecretKeys:
    """The key that the settings hold or name, or that of the state folder."""
    return SecretKeys(
        settings.key_file or state / KEY_FILE,
        whose="the tokens of the CRMs",
        setting="crm.key_file",
        anew="give the CRM's token anew: `stagecheck crm connect`",
        given=settings.key,
    )


def seal_tokens(keys: SecretKeys, tokens: Tokens) -> str:
    """Tokens as they are kept.

    Raises:
        SealedError: the key cannot be read.
        OutputError: it cannot be made.
    """
    ends = tokens.expires_at
    return keys.seal(
        json.dumps(
            {
                "access": tokens.access,
                "refresh": tokens.refresh,
                "expires_at": ends.isoformat() if ends else None,
                "client_id": tokens.client_id,
                "client_secret": tokens.client_secret,
                "redirect": tokens.redirect,
            }
        )
    )


def open_tokens(keys: SecretKeys, sealed: str) -> Tokens:
    """Tokens in clear.

    Raises:
        SealedError: the key is missing, or is not the one that they were sealed with.
    """
    try:
        kept = json.loads(keys.open(sealed))
        ends = kept.pop("expires_at", None)
        return Tokens(**kept, expires_at=datetime.fromisoformat(ends) if ends else None)
    except (ValueError, TypeError, AttributeError) as error:
        # What the text was is not told: it may hold a token.
        raise SealedError(
            "the tokens of a CRM are damaged or of a newer version. "
            "Give them anew: `stagecheck crm connect`."
        ) from error
