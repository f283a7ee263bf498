"""A desk with findings on it: a run over a small CRM, and people who review what it found."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Engine, select

from core.clock import now
from models.session import transaction
from models.store.calls import save_calls
from models.store.findings import update_findings
from models.store.runs import finish_run, save_verification, start_run
from models.store.snapshots import save_snapshot
from models.tables import CallRow
from models.vocabulary.access import Role
from models.vocabulary.call import Call, Direction, MetadataSource
from models.vocabulary.deal import CrmSnapshot, Deal, Pipeline, Stage, StageKind, User
from models.vocabulary.review import Sighting
from models.vocabulary.verdict import (
    DealVerdict,
    Evidence,
    Flag,
    FlagKind,
    FlagSeverity,
    Gap,
    Grade,
    RequirementVerdict,
    Severity,
    Verdict,
    Verification,
)
from tests.fakes.pages_office import add_person

SOURCE, CRM = "/recordings", "/crm.json"
BEGAN = datetime.fromisoformat("2026-11-17T14:20:00+03:00")
NO_MEETING = "Клиент не согласился на встречу ни в одном разговоре."
QUOTE = "в понедельник в девять устроит"


def a_sighting(
    name: str,
    *,
    kind: FlagKind = FlagKind.STAGE_AHEAD_OF_REALITY,
    deal: str | None = "1",
    user: str | None = "vera",
    weight: float = 4.0,
    explanation: str = f"Этап «КП» не доказан: {NO_MEETING}",
    at: datetime = BEGAN,
    confidence: float = 0.9,
    stage: str | None = "proposal",
) -> Sighting:
    """A finding of a run; its key is the digest of `name`, its call `call-1`."""
    evidence = (Evidence("call", "call-1", BEGAN, QUOTE, 62.5), Evidence("crm", "activity:a1"))
    flag = Flag(kind, FlagSeverity.HIGH, explanation, deal, None, user, at, evidence)
    key = hashlib.sha256(name.encode()).hexdigest()[:32]
    digest = hashlib.sha256(explanation.encode()).hexdigest()[:16]
    return Sighting(key, flag, "p", stage, 250000.0, confidence, weight, digest)


def lay_out(database: Engine, sightings: Sequence[Sighting], *, deals: int = 3) -> int:
    """Writes the CRM, its one call and a run that raised these; gives the run."""
    with transaction(database) as session:
        save_snapshot(session, CRM, _snapshot(deals))
        if session.scalar(select(CallRow.id).limit(1)) is None:
            save_calls(session, SOURCE, [_call()])
        run = start_run(session, source=SOURCE, crm_source=CRM, now=now())
        save_verification(session, run, Verification(BEGAN, _verdicts(deals), ()), now())
        finish_run(session, run, now=now(), transcriber=None, errors=[])
        update_findings(session, sightings, source=SOURCE, crm_source=CRM, run=run, now=now())
    return run


def add_people(database: Engine) -> None:
    """Anna oversees Vera and Gleb, Boris Gleb alone; Olga leads; Vera and Gleb sell."""
    add_person(database, "anna", Role.SUPERVISOR, team=["vera", "gleb"])
    add_person(database, "boris", Role.SUPERVISOR, team=["gleb"])
    add_person(database, "olga", Role.HEAD)
    add_person(database, "vera", Role.MANAGER, crm_user="vera")
    add_person(database, "gleb", Role.MANAGER, crm_user="gleb")
    add_person(database, "root", Role.ADMIN)
    add_person(database, "rita", Role.AUDITOR)


def _snapshot(deals: int) -> CrmSnapshot:
    return CrmSnapshot(
        as_of=BEGAN + timedelta(days=1),
        timezone="Europe/Moscow",
        crm="file",
        pipelines=(
            Pipeline(
                "p",
                "Сайты",
                "web_studio",
                (
                    Stage("s1", "Заявка", key="lead_received"),
                    Stage("s2", "Назначаем встречу", key="meeting_scheduling"),
                    Stage("s3", "КП", key="proposal"),
                ),
            ),
        ),
        users=(User("vera", "Вера Ильина"), User("gleb", "Глеб Носов")),
        companies=(),
        contacts=(),
        deals=tuple(
            Deal(
                str(number), f"Сделка {number}", "p", "s3", StageKind.OPEN, BEGAN, 250000.0,
                responsible_id="vera",
            )
            for number in range(1, deals + 1)
        ),
        stage_changes=(),
        activities=(),
    )  # fmt: skip


def _verdicts(deals: int) -> tuple[DealVerdict, ...]:
    missing = RequirementVerdict(
        "meeting_scheduling",
        "meeting_scheduling.booked",
        Severity.CRITICAL,
        Verdict.MISSING,
        Grade.NOTHING,
        NO_MEETING,
    )
    return tuple(
        DealVerdict(str(number), "p", "proposal", "meeting_scheduling", Gap.AHEAD, (missing,))
        for number in range(1, deals + 1)
    )


def _call() -> Call:
    return Call(
        call_id="call-1",
        recording=None,
        sha256=None,
        started_at=BEGAN,
        direction=Direction.OUT,
        metadata_from=MetadataSource.CDR,
        user_id="vera",
        answered=True,
        talk_s=90.0,
    )
