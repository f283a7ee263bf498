"""What is done with rules: all of it in one transaction, or nothing and a page that says why."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session
from starlette.responses import Response

from api.pages.rule_book import InForce
from api.pages.rule_desk import Desk, Shown, changed_meanwhile, editor, published_meanwhile
from api.pages.rules import not_found, unreadable
from core.clock import now
from models.session import transaction
from models.store.jobs import ask_for
from models.store.rule_previews import add_preview
from models.store.rules import (
    DraftChangedError,
    PublishedMeanwhileError,
    publish_edition,
    text_digest,
)
from models.store.sources import judged_sources
from models.vocabulary.errors import InvalidInputError
from models.vocabulary.work import JobKind, Lane, Want


class RefusedError(Exception):
    """What was asked for is not done; `shown` says why."""

    def __init__(self, shown: Shown) -> None:
        self.shown = shown
        super().__init__("refused")


def done(
    desk: Desk, deed: Callable[[Session], Response], *, text: str | None = None, note: str = ""
) -> Response:
    """Does something in one transaction, or says why it was not done and does nothing.

    `text` and `note` are what somebody typed, so that it is not lost.
    """
    try:
        with transaction(desk.pages.service.database()) as session:
            return deed(session)
    except LookupError:
        return not_found(desk.request, desk.pages)
    except InvalidInputError as error:
        return unreadable(desk.request, desk.pages, desk.visitor, error)
    except DraftChangedError as error:
        return changed_meanwhile(desk, error.draft, text)
    except PublishedMeanwhileError as error:
        return published_meanwhile(desk, error.edition, note)
    except RefusedError as error:
        shown = error.shown
        return editor(desk, lambda *_: shown)


def put_in_force(  # noqa: PLR0913 - who publishes what, after what
    desk: Desk,
    session: Session,
    one: InForce,
    text: str,
    *,
    after: int,
    note: str = "",
    restores: int | None = None,
    follows_file: bool = False,
) -> None:
    """Adds an edition and has all deals judged anew.

    What the rule file says is kept as an edition before it is not in force any more, so that one
    can go back to it.
    """
    at, account = now(), desk.visitor.account
    kept = one.edition is not None and one.edition.text == one.text
    if one.follows_file and not kept and one.version == after:
        publish_edition(
            session, one.pipeline, one.text, after=after, account=None, who="stagecheck",
            note="", now=at,
        )  # fmt: skip
        after += 1
    edition = publish_edition(
        session, one.pipeline, text, after=after, account=account.id, who=account.name,
        note=note, now=at, restores=restores, follows_file=follows_file,
    )  # fmt: skip
    told = f"version {edition.version}, {edition.digest[:16]}"
    if follows_file:
        desk.note(session, "rules given back to the file", told)
    elif restores is None:
        desk.note(session, "rules published", f"{told}: {note}")
    else:
        desk.note(session, "rules rolled back", f"{told}, as version {restores}")
    limit_s = desk.pages.service.settings.service.limit_s
    wants = [
        Want(JobKind.VERDICTS, source, Lane.FRESH, at, limit_s, revive=True)
        for source in judged_sources(session)
    ]
    ask_for(session, wants, at)


def try_text(
    desk: Desk, session: Session, one: InForce, text: str, *, follows_file: bool = False
) -> Response:
    """Has a worker try a text, and leads to where that is shown."""
    at, account = now(), desk.visitor.account
    number = add_preview(
        session, one.pipeline, text, against=one.version, account=account.id,
        who=account.name, now=at, follows_file=follows_file,
    )  # fmt: skip
    limit_s = desk.pages.service.settings.service.limit_s
    ask_for(session, [Want(JobKind.PREVIEW, str(number), Lane.FRESH, at, limit_s)], at)
    desk.note(session, "rules preview asked", text_digest(text)[:16])
    return desk.to(f"/previews/{number}")
