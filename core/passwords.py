"""Passwords as they are kept: argon2id hashes."""

from __future__ import annotations

import os
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError


def hash_password(password: str) -> str:
    """Gives a password as it is kept."""
    return PasswordHasher().hash(password)


def password_fits(kept: str | None, password: str) -> bool:
    """Whether a password is the one that is kept; takes as long where none is."""
    try:
        right = PasswordHasher().verify(kept or _nobodys(), password)
    except (Argon2Error, InvalidHashError):
        return False
    return right and kept is not None


@cache
def _nobodys() -> str:
    return PasswordHasher().hash(os.urandom(16).hex())
