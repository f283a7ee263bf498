"""A preview on history: the deals judged once by the rules in force and once by a draft."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

from classify.findings import STAGE_KINDS
from classify.flips import flips_between
from classify.pipeline_file import parse_pipeline
from classify.verification.rules import PipelineRules
from core.clock import now
from flow.findings import sightings_in
from flow.question import Question, at_present, in_force
from flow.service.workplace import Workplace
from flow.verdicts import to_judge, verdicts_on
from models.session import reading, transaction
from models.store.digests import verification_digest
from models.store.intake import current_calls
from models.store.rule_previews import (
    decided_kinds,
    fail_preview,
    finish_preview,
    known_findings,
    load_preview,
    note_step,
)
from models.store.rules import edition_in_force
from models.vocabulary.errors import InvalidInputError
from models.vocabulary.review import FindingState
from models.vocabulary.rules import PREVIEW_STEPS, Flip, FlipKind
from models.vocabulary.verdict import Verification, Waiver

_NOTED_EVERY_S = 0.5
_DEAL_BY_DEAL = (1, 2)  # the steps that judge
_Known = tuple[int | None, str | None]


def work_on_preview(place: Workplace, preview: int) -> None:
    """Finds out what a draft would turn over and writes it down; verdicts stay as they are.

    Raises:
        StagecheckError: the CRM snapshot or the database is not usable now.
    """
    situation = place.situation()
    question = at_present(situation.question, now())
    with reading(place.database) as session:
        asked = load_preview(session, preview)
        if asked is None:
            return
        edition = edition_in_force(session, asked.pipeline)
        recorded, unrecorded = current_calls(session, place.source)
    try:
        draft = parse_pipeline(asked.text, f"the draft of {asked.pipeline}")
        drafted = in_force(question, {asked.pipeline: draft})
    except InvalidInputError as error:
        with transaction(place.database) as session:
            fail_preview(session, preview, str(error), now())
        return
    steps = _Steps(place, preview, len(question.snapshot.deals))
    steps.begin(0)
    known = to_judge(question, situation.around, [*recorded, *unrecorded])
    steps.begin(1)
    before = verdicts_on(question, known, steps.judged)
    steps.begin(2)
    after = verdicts_on(drafted, known, steps.judged)
    steps.begin(3)
    raises = _raised_by(question.rules.get(asked.pipeline), draft)
    flips = _flips(place, question, known.waivers, (before, after), raises)
    with transaction(place.database) as session:
        finish_preview(
            session,
            preview,
            flips,
            judged=verification_digest(before),
            against=edition.version if edition else 0,
            deals=len(before.deals),
            step=PREVIEW_STEPS,
            now=now(),
        )


class _Steps:
    """Writes down how far a preview has come, deal by deal where it goes so, twice a second."""

    def __init__(self, place: Workplace, preview: int, deals: int) -> None:
        self._database, self._preview, self._deals = place.database, preview, deals
        self._step, self._noted_s = 0, 0.0

    def begin(self, step: int) -> None:
        """Another step begins."""
        self._step = step
        self._note(0)

    def judged(self, deals: int) -> None:
        """So many deals were judged in this step."""
        if time.monotonic() - self._noted_s >= _NOTED_EVERY_S:
            self._note(deals)

    def _note(self, done: int) -> None:
        of = self._deals if self._step in _DEAL_BY_DEAL else 0
        with transaction(self._database) as session:
            note_step(session, self._preview, self._step, done, of)
        self._noted_s = time.monotonic()


def _flips(
    place: Workplace,
    question: Question,
    waivers: Mapping[str, Sequence[Waiver]],
    answers: tuple[Verification, Verification],
    raises: Mapping[str, frozenset[str]],
) -> list[Flip]:
    """The flips, each with what people see and decided of it."""
    snapshot, access = question.snapshot, place.settings.access
    with reading(place.database) as session:
        before, after = ((one, sightings_in(session, one, snapshot, access)) for one in answers)
        findings = known_findings(session, place.source, place.crm)
        decided = decided_kinds(session, place.source, place.crm)
    waived = {(deal, w.requirement_id) for deal, told in waivers.items() for w in told}
    responsible = {deal.id: deal.responsible_id for deal in snapshot.deals}
    return [
        _told(flip, findings, decided, waived, raises)
        for flip in flips_between(before, after, responsible)
    ]


def _raised_by(*editions: PipelineRules | None) -> Mapping[str, frozenset[str]]:
    """By requirement, the kinds of flags that it raises in one edition or the other."""
    raised: dict[str, frozenset[str]] = {}
    for rules in editions:
        for _, _, one in rules.requirements() if rules is not None else ():
            kinds = frozenset(kind.value for kind in one.flags.values())
            raised[one.id] = raised.get(one.id, frozenset()) | kinds
    return raised


def _told(
    flip: Flip,
    findings: Mapping[str, tuple[int, str]],
    decided: Mapping[tuple[str, str], tuple[int, str]],
    waived: set[tuple[str, str]],
    raises: Mapping[str, frozenset[str]],
) -> Flip:
    """A flip with its finding and what was decided there.

    A stage was decided on with the flags about stages, a requirement with those that it raises or
    by waiving it.
    """
    deal = flip.deal_id or ""
    known: _Known = (None, None)
    if flip.kind is FlipKind.FLAG:
        finding, state = findings.get(flip.key or "", (None, FindingState.OPEN.value))
        known = (finding, None if state == FindingState.OPEN.value else state)
    elif flip.kind is FlipKind.REQUIREMENT and (deal, flip.subject) in waived:
        known = (None, FindingState.WAIVED.value)
    else:
        about_stage = flip.kind is FlipKind.STAGE
        kinds = STAGE_KINDS if about_stage else raises.get(flip.subject, frozenset())
        of_deal = ((deal, kind) for kind in sorted(kinds))
        known = next((decided[one] for one in of_deal if one in decided), known)
    return replace(flip, finding=known[0], decided=known[1])
