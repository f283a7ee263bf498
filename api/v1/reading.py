"""How the rows of the database become what programs read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, tzinfo
from typing import Annotated, Any, Literal

from fastapi import Depends, Query, Request
from sqlalchemy import RowMapping
from sqlalchemy.orm import Session

from api.languages import language_asked
from api.v1.keys import Caller
from api.v1.problems import ProblemError
from models.session import reading
from models.store.current import Current, load_current

Json = dict[str, Any]
Columns = Mapping[str, Any] | RowMapping
_QUOTED = re.compile("«([^«»]*)»")
_LEAST = 4  # characters of what counts as a quote in a sentence


def language_of(
    request: Request,
    lang: Annotated[
        Literal["ru", "en"] | None,
        Query(
            description="the language of explanations; where it is not given, the one that "
            "`Accept-Language` prefers, else Russian"
        ),
    ] = None,
) -> str:
    """A dependency: the language in which a program wants to be told why."""
    return lang or language_asked(request.headers.get("accept-language", ""))


Language = Annotated[str, Depends(language_of)]


@contextmanager
def current_rows(caller: Caller) -> Iterator[tuple[Session, Current | None]]:
    """A session that reads, and what counts now; ``None`` before the first verdicts.

    Raises:
        StagecheckError: the database cannot be used.
    """
    with reading(caller.service.database()) as session:
        yield session, load_current(session)


def not_found(what: str) -> ProblemError:
    """There is nothing of this id."""
    return ProblemError("not_found", f"there is no such {what}")


def moment(value: datetime | str | None, zone: tzinfo) -> str | None:
    """A moment as programs read it: ISO 8601 with an offset."""
    if value is None:
        return None
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    return at.astimezone(zone).isoformat(timespec="seconds")


def seconds(value: float | None) -> float | None:
    """Seconds, to hundredths."""
    return None if value is None else round(float(value), 2)


def share(value: float | None) -> float | None:
    """Something from 0 to 1, to thousandths."""
    return None if value is None else round(min(1.0, max(0.0, float(value))), 3)


def evidence_of(evidence: Sequence[Columns], zone: tzinfo, *, words: bool) -> list[Json]:
    """What a verdict rests on; quotes only for who may read words."""
    return [
        {
            "kind": one["kind"],
            "id": one["id"],
            "at": moment(one.get("at"), zone),
            "quote": (one.get("quote") or None) if words else None,
            "start": seconds(one.get("start")),
            "corrected_by": one.get("corrected_by"),
        }
        for one in evidence
    ]


def explained(row: Columns, language: str, *, words: bool) -> str:
    """Why it was judged so; without the words that are quoted for who may not read them.

    In Russian where a language is wanted in which it was not told.
    """
    sentence: str = (row["explanation_en"] if language == "en" else "") or row["explanation"]
    if words:
        return sentence
    said = [_plain(one["quote"]) for one in row["evidence"] if one.get("quote")]

    def hidden(found: re.Match[str]) -> str:
        quoted = _plain(found[1])
        is_said = len(quoted) >= _LEAST and any(quoted in one or one in quoted for one in said)
        return "«…»" if is_said else found[0]

    return _QUOTED.sub(hidden, sentence)


def _plain(text: str) -> str:
    return " ".join(text.replace("…", " ").split()).strip(" .,!?")
