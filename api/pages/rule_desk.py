"""Where rules are changed: who is at it, and the editor that answers them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request, status
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from api.access.gate import Visitor, having
from api.pages.pages import Pages, Rendering
from api.pages.rule_book import InForce, difference, fault_words, faults_in, rules_in_force
from api.pages.rules import not_found, unreadable
from api.pages.wording import Words
from classify.rule_faults import LONGEST
from models.session import reading
from models.store.audit import add_to_audit
from models.store.rule_previews import newest_preview
from models.store.rules import (
    load_draft,
    text_digest,
)
from models.vocabulary.access import Right
from models.vocabulary.errors import InvalidInputError
from models.vocabulary.rules import RuleDraft, RuleEdition

Editing = Annotated[Visitor, Depends(having(Right.RULES))]
WRONG = status.HTTP_422_UNPROCESSABLE_CONTENT
Notice = tuple[str, dict[str, object]]


@dataclass(frozen=True, slots=True)
class Desk:
    """Somebody who changes the rules of a pipeline, and what answers them."""

    request: Request
    pages: Pages
    visitor: Visitor
    pipeline: str

    def in_force(self, session: Session) -> InForce:
        """What the pipeline is judged by.

        Raises:
            LookupError: there is no such pipeline.
            InvalidInputError: a file or an edition cannot be read any more.
        """
        return rules_in_force(session, self.pages.service.settings)[self.pipeline]

    def is_sound(self, session: Session, text: str) -> bool:
        """Whether deals could be judged by a text."""
        settings = self.pages.service.settings
        return faults_in(session, settings, self.pipeline, text)[0] is not None

    def note(self, session: Session, event: str, detail: str = "") -> None:
        """Writes down what was done, with the same commit."""
        add_to_audit(session, self.visitor.entry(event, f"rules:{self.pipeline}", detail))

    def to(self, address: str) -> Response:
        """Sends the browser to a page of the pipeline."""
        return RedirectResponse(f"/rules/{self.pipeline}{address}", status.HTTP_303_SEE_OTHER)


def desk_of(request: Request, pages: Rendering, visitor: Editing, pipeline: str) -> Desk:
    """A dependency: who changes what."""
    return Desk(request, pages, visitor, pipeline)


AtDesk = Annotated[Desk, Depends(desk_of)]


@dataclass(frozen=True, slots=True)
class Shown:
    """What the editor shows: a text, of which version of the draft, and what is said about it."""

    text: str
    version: int
    notice: Notice | None = None
    done: str = ""
    code: int = status.HTTP_200_OK
    note: str = ""


def changed_meanwhile(desk: Desk, theirs: RuleDraft | None, text: str | None) -> Response:
    """Two people at once: the second one keeps their text and is told whose stands there."""
    moment = desk.pages.moment_words(desk.request, desk.visitor)
    notice: Notice = ("rules.lock_gone", {})
    if theirs is not None:
        notice = ("rules.lock", {"who": theirs.who, "at": moment(theirs.at)})

    def shown(one: InForce, _draft: RuleDraft | None) -> Shown:
        kept = text if text is not None else (theirs.text if theirs else one.text)
        version = theirs.version if theirs else 0
        return Shown(kept, version, notice, code=status.HTTP_409_CONFLICT)

    return editor(desk, shown)


def published_meanwhile(desk: Desk, theirs: RuleEdition | None, note: str) -> Response:
    """Somebody published an edition that this one has not seen: they are told which."""
    values: dict[str, object] = {"who": theirs.who, "version": theirs.version} if theirs else {}
    notice: Notice = ("rules.published_meanwhile", values) if theirs else ("rules.lock_gone", {})

    def shown(one: InForce, draft: RuleDraft | None) -> Shown:
        text, version = (draft.text, draft.version) if draft else (one.text, 0)
        return Shown(text, version, notice, code=status.HTTP_409_CONFLICT, note=note)

    return editor(desk, shown)


def editor(desk: Desk, choose: Callable[[InForce, RuleDraft | None], Shown]) -> Response:
    """The editor's page with what is wrong in its text and how it differs from what is in force."""
    settings = desk.pages.service.settings
    try:
        with reading(desk.pages.service.database()) as session:
            one, draft = desk.in_force(session), load_draft(session, desk.pipeline)
            shown = choose(one, draft)
            rules, faults = faults_in(session, settings, desk.pipeline, shown.text)
            tried = newest_preview(session, desk.pipeline, text_digest(shown.text))
    except LookupError:
        return not_found(desk.request, desk.pages)
    except InvalidInputError as error:
        return unreadable(desk.request, desk.pages, desk.visitor, error)
    words = Words(desk.pages.language(desk.request, desk.visitor))
    lines, more = difference(one.text, shown.text)
    return desk.pages.page(
        desk.request,
        "rule_edit.html.j2",
        desk.visitor,
        status=shown.code,
        section="rules",
        one=one,
        draft=draft,
        shown=shown,
        sound=rules is not None,
        faults=[(fault, fault_words(fault, words)) for fault in faults],
        tried=tried,
        lines=lines,
        more=more,
        longest=LONGEST,
    )
