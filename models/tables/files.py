"""Rows about files: what the recordings folders held when they were last looked through."""

from __future__ import annotations

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Row


class KnownFileRow(Row):
    r"""A file of a recordings folder (`source`) and what was found in it.

    It spares reading the file again as long as size, times and inode are the same. `place` is the
    path in the folder, bytes that are no UTF-8 written as ``\xcf``.
    """

    __tablename__ = "known_files"

    source: Mapped[str] = mapped_column(primary_key=True)
    place: Mapped[str] = mapped_column(primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    mtime_ns: Mapped[int] = mapped_column(BigInteger)
    inode: Mapped[int] = mapped_column(BigInteger)
    ctime_ns: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str | None]
    error: Mapped[str | None]
    detail: Mapped[str | None]
    clear_size: Mapped[int | None] = mapped_column(BigInteger)
