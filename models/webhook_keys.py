"""Keeps the secrets of endpoints so that they can sign and lie nowhere in clear.

They are sealed (age) with a key of the state folder, a file that only this user may read.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from pathlib import Path

import pyrage

from core.sealing_settings import SealingSettings
from core.webhook_settings import WebhookSettings
from models.sealed import Keys, SealedError, make_key, read_keys
from models.vocabulary.errors import OutputError

KEY_FILE = "webhooks.key"


@dataclass(frozen=True, slots=True)
class WebhookKeys:
    """Seals and opens secrets with the key in `path`."""

    path: Path

    def seal(self, secret: str) -> str:
        """A secret as it is kept; the key is made with the first one.

        Raises:
            SealedError: the key cannot be read.
            OutputError: it cannot be made.
        """
        if not self.path.exists():
            _make(self.path)
        sealed = pyrage.encrypt(secret.encode(), list(self._keys().recipients))
        return base64.b64encode(sealed).decode()

    def open(self, sealed: str) -> str:
        """A secret in clear.

        Raises:
            SealedError: the key is missing, or is not the one that it was sealed with.
        """
        try:
            clear: bytes = pyrage.decrypt(
                base64.b64decode(sealed, validate=True), list(self._keys().identities)
            )
        except (pyrage.DecryptError, binascii.Error) as error:
            raise SealedError(
                f"{self.path}: does not open the secret of an endpoint. Put the key back that it "
                "was made with, or give the endpoint a new secret: `stagecheck webhook rotate`."
            ) from error
        return clear.decode()

    def _keys(self) -> Keys:
        try:
            return read_keys(SealingSettings(key_file=self.path))
        except SealedError as error:
            raise SealedError(
                f"{self.path}: the key of the web-hooks' secrets is missing, open to others or "
                "damaged. Put it back from the backup (mode 0600), or name it in "
                "`webhooks.key_file`."
            ) from error


def webhook_keys(state: Path, settings: WebhookSettings) -> WebhookKeys:
    """The key that the settings name, or that of the state folder."""
    return WebhookKeys(settings.key_file or state / KEY_FILE)


def _make(path: Path) -> None:
    """Makes the key; where two processes do at once, the first one's stays."""
    try:
        make_key(path)
    except OutputError:
        if not path.exists():
            raise
