"""The accounts of the drop-box: one per telephone system, in a file that only we can read."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from core import passwords
from ingest.sftp.private import write_private
from models.vocabulary.errors import InvalidInputError, OutputError

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
SHORTEST_PASSWORD = 10


class Account(BaseModel):
    """One telephone system that may upload."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    password: str | None = Field(default=None, description="argon2 hash")
    keys: tuple[str, ...] = Field(default=(), description="public keys as OpenSSH writes them")
    networks: tuple[str, ...] = Field(default=(), description="from where; anywhere where empty")

    @field_validator("name")
    @classmethod
    def _plain(cls, name: str) -> str:
        if not NAME.fullmatch(name):
            raise ValueError("a name has up to 32 small letters, digits, - and _")
        return name

    @field_validator("password")
    @classmethod
    def _hashed(cls, password: str | None) -> str | None:
        if password is not None and not password.startswith("$argon2"):
            raise ValueError("not an argon2 hash; `stagecheck sftp-account` sets it")
        return password

    @field_validator("keys")
    @classmethod
    def _readable(cls, keys: tuple[str, ...]) -> tuple[str, ...]:
        from asyncssh import KeyImportError, import_public_key

        for key in keys:
            try:
                import_public_key(key)
            except KeyImportError as error:
                raise ValueError(f"`{key[:40]}...` is no public key: {error}") from error
        return keys

    @field_validator("networks")
    @classmethod
    def _of_addresses(cls, networks: tuple[str, ...]) -> tuple[str, ...]:
        for network in networks:
            ipaddress.ip_network(network)
        return networks

    def admits(self, address: str) -> bool:
        """Whether it may log in from this address."""
        try:
            there = ipaddress.ip_address(address)
        except ValueError:
            return not self.networks
        return not self.networks or any(there in ipaddress.ip_network(n) for n in self.networks)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    accounts: tuple[Account, ...] = ()


def read_accounts(file: Path) -> dict[str, Account]:
    """The accounts by name; none where there is no file yet.

    Raises:
        InvalidInputError: the file is wrong, or others than its owner can read it.
    """
    try:
        with file.open("rb") as stream:
            if os.fstat(stream.fileno()).st_mode & 0o077:
                raise InvalidInputError(
                    str(file), "can be read by others", f"Make it private: chmod 600 {file}"
                )
            body = yaml.safe_load(stream) or {}
        accounts = _File.model_validate(body).accounts
    except FileNotFoundError:
        return {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InvalidInputError(str(file), f"is no YAML: {error}", "Correct it.") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InvalidInputError(str(file), f"{where}: {first['msg']}", "Correct it.") from error
    except OSError as error:
        raise InvalidInputError(
            str(file), f"cannot be read ({error.strerror})", "Give this user permission."
        ) from error
    return {account.name: account for account in accounts}


def write_accounts(file: Path, accounts: Mapping[str, Account]) -> None:
    """Writes the accounts, whole or not at all, readable by this user only.

    Raises:
        OutputError: the file cannot be written.
    """
    body = {"accounts": [one.model_dump(mode="json") for _, one in sorted(accounts.items())]}
    text = yaml.safe_dump(body, allow_unicode=True, sort_keys=False)
    try:
        write_private(file, text.encode())
    except OSError as error:
        raise OutputError(f"{file}: cannot be written ({error.strerror or error}).") from error


def hashed(password: str) -> str:
    """A password as it is kept.

    Raises:
        InvalidInputError: it is too short.
    """
    if len(password) < SHORTEST_PASSWORD:
        raise InvalidInputError(
            "password", f"has fewer than {SHORTEST_PASSWORD} characters", "Choose a longer one."
        )
    return passwords.hash_password(password)


def password_fits(account: Account | None, password: str) -> bool:
    """Whether a password is the account's; takes as long where there is no such account."""
    return passwords.password_fits(account.password if account else None, password)


def key_fits(account: Account | None, key_data: bytes) -> bool:
    """Whether a public key (in SSH's own form) is one of the account's."""
    return account is not None and key_data in _key_data(account.keys)


@cache
def _key_data(keys: Sequence[str]) -> frozenset[bytes]:
    from asyncssh import import_public_key

    return frozenset(import_public_key(key).public_data for key in keys)
