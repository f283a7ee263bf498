"""BottleCRM, both ways. Tried against the real server, 1.35.0 (`make test-bottlecrm`).

Access is by a personal access token (`bcrm_pat_...`); it acts as the person whose it is. BottleCRM
names no limit of requests; ours (`flow/live/pace.py`) keeps it usable for people.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from crm.bottlecrm import fields, reading, writing
from crm.bottlecrm.desk import Desk
from crm.bottlecrm.rights import account_of
from crm.bottlecrm.words import pipeline_of, user_of
from crm.errors import CrmAnswerError, CrmRefusedError
from crm.port import CrmAccess
from crm.rows import row_of, rows_of, text_of
from models.vocabulary.crm import Account, Batch, Page, Shape, StageDemand
from models.vocabulary.crm_write import OwnField, Write, Written
from models.vocabulary.deal import Pipeline, User

_TALKS = "talks"


class BottleCrm:
    """Fulfils `crm.port.Adapter`."""

    def __init__(self, access: CrmAccess) -> None:
        self._desk = Desk(access)

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts that are read independently of each other."""
        return (*reading.PARTS, _TALKS)

    def account(self) -> Account:
        """Whose CRM it is and what we may do, found out without writing anything."""
        self._desk.forget()
        return account_of(self._desk)

    def shape(self) -> Shape:
        """Pipelines, people, and what the CRM demands: required fields, from the first stage on."""
        self._desk.forget()
        body, _ = self._desk.get("opportunities/pipelines/")
        pipelines = [
            one for row in rows_of(body.get("pipelines")) if (one := pipeline_of(row)) is not None
        ]
        if not pipelines:
            raise CrmAnswerError(f"{self._desk.access.name}: tells of no pipeline with stages.")
        return Shape(tuple(pipelines), tuple(self._users()), tuple(self._demands(pipelines)))

    def read(
        self, part: str, *, since: datetime | None = None, cursor: str | None = None
    ) -> Iterator[Page]:
        """A part, page by page (see `crm.bottlecrm.feed` for what `since` can do)."""
        if part == _TALKS:
            return reading.read_talks(self._desk, since, cursor)
        return reading.read_part(self._desk, reading.PARTS[part], since, cursor)

    def deals(self, ids: Sequence[str]) -> Batch:
        """Deals with all that hangs on them."""
        return reading.deals_anew(self._desk, ids)

    def people(self, contacts: Sequence[str], companies: Sequence[str]) -> Batch:
        """Contacts and companies as they are now."""
        return reading.people_anew(self._desk, contacts, companies)

    def make_fields(self, names: Mapping[OwnField, str]) -> Mapping[OwnField, str]:
        """Our own custom fields of an opportunity; making them takes an administrator's token."""
        return fields.make(self._desk, names)

    def write(self, write: Write) -> Written:
        """Writes once; never the stage."""
        return writing.write(self._desk, write)

    def find(self, write: Write) -> Written | None:
        """What was written under the key of `write`, if anything was."""
        return writing.find(self._desk, write)

    def undo(self, write: Write, written: Written) -> str | None:
        """Takes a write back; a sentence where something had to stay."""
        return writing.undo(self._desk, write, written)

    def close(self) -> None:
        """Ends its connections."""
        self._desk.http.close()

    def _users(self) -> Iterator[User]:
        """Everybody of the organization; who left it is told to administrators only."""
        body, _ = self._desk.get("users/get-teams-and-users/")
        rows = list(rows_of(body.get("profiles")))
        try:
            # Both halves have the same offset; nobody has more people than this.
            body, _ = self._desk.get("users/", limit=5000, status="False")
            rows += rows_of(row_of(body.get("inactive_users")).get("inactive_users"))
        except CrmRefusedError:
            pass
        seen: dict[str, User] = {}
        for row in rows:
            user = user_of(row)
            if user is not None:
                seen.setdefault(user.id, user)
        yield from seen.values()

    def _demands(self, pipelines: Sequence[Pipeline]) -> Iterator[StageDemand]:
        body, _ = self._desk.get(
            "custom-fields/",
            target_model="Opportunity",
            active_only="true",
            include_counts="false",
        )
        required = [
            (key, text_of(row.get("label")) or key)
            for row in rows_of(body.get("definitions"))
            if row.get("is_required") is True and (key := text_of(row.get("key"))) is not None
        ]
        if required:
            for pipeline in pipelines:
                yield StageDemand(pipeline.id, pipeline.stages[0].id, tuple(required))
