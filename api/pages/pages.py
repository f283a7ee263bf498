"""Makes a page from its template for whoever asked: in their language, with what they may do."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, tzinfo
from functools import partial
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import Depends, Request
from jinja2 import Environment, PackageLoader, StrictUndefined
from sqlalchemy import Engine, select
from starlette.responses import HTMLResponse

from api.access.gate import Visitor
from api.languages import LANGUAGES, language_asked
from api.pages import looks
from api.pages.static_files import static_url
from api.pages.weeks import begin
from api.pages.wording import Words
from api.service import Service
from core.clock import now
from models.session import reading
from models.tables import CrmRow, RunRow
from models.vocabulary.access import Right

_POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; "
    "img-src 'self' data:; media-src 'self' blob:; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_SECTIONS = (
    ("inbox", "/", (Right.SEE,)),
    ("deals", "/deals", (Right.SEE,)),
    ("calls", "/calls", (Right.SEE,)),
    ("rules", "/rules", (Right.SEE, Right.RULES)),
    ("figures", "/figures", (Right.SEE,)),
    ("team", "/team", (Right.TEAM,)),
    ("coverage", "/coverage", (Right.COVERAGE,)),
    ("system", "/system", (Right.SYSTEM,)),
    ("accounts", "/accounts", (Right.ACCOUNTS,)),
    ("audit", "/audit", (Right.AUDIT,)),
)


class Pages:
    """Renders templates."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self._environment = Environment(
            loader=PackageLoader("api.pages", "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals.update(static=static_url, rights=Right, languages=LANGUAGES)
        self._environment.filters.update(
            clock=looks.clock,
            money=looks.money,
            percent=looks.percent,
            grouped=looks.grouped,
            begin=begin,
        )

    def page(
        self,
        request: Request,
        template: str,
        visitor: Visitor | None,
        *,
        status: int = 200,
        section: str = "",
        **context: Any,
    ) -> HTMLResponse:
        """A page, or a part of one, from `api/pages/templates`.

        Templates find `words`, `visitor` (``None``: nobody is logged in), `nonce`, `section`,
        `sections` that the visitor may open, `zone`, `now` and the functions `moment`, `day`
        and `age` (of seconds), the filters `clock`, `money`, `percent`, `grouped`,
        `begin` (of a day) and their own context.
        """
        nonce, at = secrets.token_urlsafe(16), now()
        words = Words(self.language(request, visitor))
        zone: tzinfo = context.pop("zone", None) or self.zone()
        bound = {
            name: partial(_bound, function, zone, words.language, at)
            for name, function in (("moment", looks.moment), ("day", looks.day))
        }
        body = self._environment.get_template(template).render(
            words=words,
            visitor=visitor,
            nonce=nonce,
            section=section,
            sections=sections_of(visitor) if visitor is not None else [],
            zone=zone,
            now=at,
            age=partial(looks.age, language=words.language),
            **bound,
            **context,
        )
        headers = {
            "Content-Security-Policy": _POLICY.format(nonce=nonce),
            "Referrer-Policy": "same-origin",  # with none a browser hides where a form comes from
        }
        return HTMLResponse(body, status, headers)

    def language(self, request: Request, visitor: Visitor | None) -> str:
        """The visitor's language; before the log-in the one that the browser asks for."""
        if visitor is not None:
            return visitor.account.language
        return language_asked(request.headers.get("accept-language", ""))

    def moment_words(
        self, request: Request, visitor: Visitor | None
    ) -> Callable[[datetime | None], str]:
        """How moments are told to whoever asks, for words that are made before the page is."""
        return partial(_bound, looks.moment, self.zone(), self.language(request, visitor), now())

    def zone(self) -> tzinfo:
        """The zone of the CRM that was read last, in which all times are shown."""
        with reading(self.service.database()) as session:
            name = session.scalar(select(CrmRow.timezone).order_by(CrmRow.id.desc()).limit(1))
        return ZoneInfo(name or "UTC")


def sections_of(visitor: Visitor) -> list[tuple[str, str]]:
    """The names and addresses of the sections that somebody may open, the first one first."""
    return [
        (name, path)
        for name, path, rights in _SECTIONS
        if any(visitor.may(right) for right in rights)
    ]


def pages_of(request: Request) -> Pages:
    """A dependency: the pages of this app."""
    pages: Pages = request.app.state.pages
    return pages


Rendering = Annotated[Pages, Depends(pages_of)]


def current_run(database: Engine) -> tuple[int, str, str] | None:
    """The newest run that came to verdicts, with its source of calls and of the CRM."""
    with reading(database) as session:
        row = session.execute(
            select(RunRow.id, RunRow.source, RunRow.crm_source)
            .where(RunRow.state == "done", RunRow.as_of.is_not(None))
            .order_by(RunRow.id.desc())
            .limit(1)
        ).first()
    return (row.id, row.source, row.crm_source) if row else None


def _bound(function: Any, zone: tzinfo, language: str, at: Any, value: Any) -> str:
    shown: str = function(value, zone, language, at)
    return shown
