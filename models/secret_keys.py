"""Keeps secrets so that they can be used and lie nowhere in clear.

They are sealed (age) with a key: a file of the state folder that only this user may read, one that
the settings name, or the key itself where the settings hold it (containers, secret managers).
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from pathlib import Path

import pyrage
from pydantic import SecretStr

from core.sealing_settings import SealingSettings
from models.sealed import Keys, SealedError, make_key, read_keys
from models.vocabulary.errors import OutputError


@dataclass(frozen=True, slots=True)
class SecretKeys:
    """Seals and opens secrets with the key in `path`, or with `given` where there is one.

    `whose` says in errors what the key is for, `setting` is the one that names its file, `anew`
    says what to do when the key is lost.
    """

    path: Path
    whose: str
    setting: str
    anew: str
    given: SecretStr | None = None

    def seal(self, secret: str) -> str:
        """A secret as it is kept; the key is made with the first one.

        Raises:
            SealedError: the key cannot be read.
            OutputError: it cannot be made.
        """
        if self.given is None and not self.path.exists():
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
                f"{self._place}: does not open {self.whose}. Put the key back that they were "
                f"sealed with, or {self.anew}."
            ) from error
        return clear.decode()

    @property
    def _place(self) -> str:
        return str(self.path) if self.given is None else self.setting.removesuffix("_file")

    def _keys(self) -> Keys:
        if self.given is not None:
            return self._given_keys(self.given.get_secret_value())
        try:
            return read_keys(SealingSettings(key_file=self.path))
        except SealedError as error:
            raise SealedError(
                f"{self.path}: the key of {self.whose} is missing, open to others or "
                "damaged. Put it back from the backup (mode 0600), or name it in "
                f"`{self.setting}`."
            ) from error

    def _given_keys(self, text: str) -> Keys:
        """The first seals, all open: so a key can be changed for a new one."""
        try:
            identities = tuple(map(pyrage.x25519.Identity.from_str, text.split()))
        except pyrage.IdentityError:
            identities = ()
        if not identities:
            raise SealedError(
                f"setting `{self._place}`: is no age key (AGE-SECRET-KEY-1...). "
                "`stagecheck seal-key FILE` makes one."
            ) from None
        return Keys(identities, (identities[0].to_public(),))


def _make(path: Path) -> None:
    """Makes the key; where two processes do at once, the first one's stays."""
    try:
        make_key(path)
    except OutputError:
        if not path.exists():
            raise
