"""From what is known of a deal to what its page shows: the strip, requirements, coverage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo

from api.pages.remedies import remedies
from api.pages.rule_names import stage_name, title_of
from api.pages.wording import Words
from classify.verification.coverage import is_blind
from classify.verification.rules import PipelineRules
from classify.verification.ties import rules_for, tie_stages
from models.store.deal_file import DealFile
from models.store.deals import BoardPipeline
from models.vocabulary.deal import Activity, Pipeline, StageKind
from models.vocabulary.errors import InvalidInputError
from models.vocabulary.review import DecisionKind
from models.vocabulary.verdict import Evidence, RequirementVerdict, Verdict, Waiver

_HOLDING = frozenset({Verdict.MET, Verdict.LATE, Verdict.WAIVED})


@dataclass(frozen=True, slots=True)
class Naming:
    """How things of a deal are called: its board, people by id, calls' addresses by call id."""

    board: Board
    people: Mapping[str, str]
    rows: Mapping[str, int]
    words: Words
    zone: tzinfo


@dataclass(frozen=True, slots=True)
class Step:
    """A column of the board: `state` is ``proved``, ``here``, ``claimed`` or ``ahead``."""

    name: str
    state: str
    recorded: bool


@dataclass(frozen=True, slots=True)
class Proof:
    """A piece of evidence: a quote that can be played, or a record in words."""

    text: str
    said: bool
    at: datetime | None
    start: float | None
    link: str | None
    corrected_by: str | None = None


@dataclass(frozen=True, slots=True)
class ShownWaiver:
    """A waiver; `finding` is where it can be taken back, `soon`: no verdict counts it yet."""

    waiver: Waiver
    finding: int | None
    soon: bool


@dataclass(frozen=True, slots=True)
class Demand:
    """A requirement as the page shows it; `remedies` are ways in which it would be met."""

    title: str
    verdict: RequirementVerdict
    proofs: tuple[Proof, ...]
    remedies: tuple[str, ...]
    first: tuple[str, ...]
    changed: bool
    waived_by: tuple[ShownWaiver, ...]


@dataclass(frozen=True, slots=True)
class StageDemands:
    """A stage's requirements; `reached`: the card or the deal has come to it."""

    name: str
    reached: bool
    here: bool
    demands: tuple[Demand, ...]

    @property
    def holding(self) -> int:
        """How many of them hold."""
        return sum(one.verdict.verdict in _HOLDING for one in self.demands)

    @property
    def troubled(self) -> bool:
        """Whether something is to be read: neither holding nor simply not due yet."""
        calm = _HOLDING | {Verdict.PENDING}
        return any(one.verdict.verdict not in calm for one in self.demands)


@dataclass(frozen=True, slots=True)
class Heard:
    """How many calls of a deal were heard, and why not the others: (key of the words, count)."""

    heard: int
    calls: int
    missing: tuple[tuple[str, int], ...]
    untied: int


@dataclass(frozen=True, slots=True)
class Board:
    """A pipeline's columns and the template's stages they are."""

    names: Mapping[str, str]  # of the template's stages, by key
    columns: tuple[tuple[str, str, str | None], ...]  # stage id, name, key; no lost ones
    lost: frozenset[str]
    rules: PipelineRules | None

    def place(self, key: str | None) -> int | None:
        """A stage's place in the line."""
        if self.rules is not None:
            return self.rules.index_of(key)
        keys = [column[2] for column in self.columns]
        return keys.index(key) if key in keys else None

    def column(self, stage_id: str) -> str:
        """What a column of the board is called."""
        return next((name for id_, name, _ in self.columns if id_ == stage_id), stage_id)

    def name(self, key: str | None) -> str:
        """What a stage of the template is called on this board."""
        return self.names.get(key or "", key or "—")


def board_of(
    pipeline: BoardPipeline, templates: Mapping[str, PipelineRules], words: Words
) -> Board:
    """A pipeline with its rules, as far as they are known."""
    own = Pipeline(pipeline.id, pipeline.name, pipeline.template, pipeline.stages)
    lost = frozenset(one.id for one in pipeline.stages if one.kind is StageKind.LOST)
    try:
        rules = rules_for(own, templates)
        keys = {tie.stage_id: tie.key for tie in tie_stages(own, rules)}
    except InvalidInputError:
        rules, keys = None, {one.id: one.key for one in pipeline.stages}
    columns = tuple(
        (one.id, one.name, keys.get(one.id)) for one in pipeline.stages if one.id not in lost
    )
    names = {one.key: stage_name(one, words) for one in (rules.stages if rules else ())}
    names |= {key: name for _, name, key in columns if key}
    return Board(names, columns, lost, rules)


def strip_of(file: DealFile, board: Board) -> list[Step]:
    """The board's columns: what is proved, where the deal stands, what the card only claims."""
    verified, recorded = board.place(file.verified), board.place(file.recorded)
    steps = []
    for id_, name, key in board.columns:
        place = board.place(key)
        state = "ahead"
        if place is not None and verified is not None:
            if place < verified:
                state = "proved"
            elif place == verified:
                state = "here"
            elif recorded is not None and place <= recorded:
                state = "claimed"
        steps.append(Step(name, state, id_ == file.deal.stage_id))
    return steps


def demands_of(file: DealFile, naming: Naming) -> list[StageDemands]:
    """The requirements by stage, in the line's order."""
    board = naming.board
    reached = max((board.place(key) or 0 for key in (file.recorded, file.verified)), default=0)
    stages: dict[str, list[Demand]] = {}
    for one in file.requirements:
        stages.setdefault(one.stage, []).append(_demand(file, one, naming))
    return [
        StageDemands(
            board.name(key),
            (board.place(key) or 0) <= reached,
            key == file.verified,
            tuple(demands),
        )
        for key, demands in stages.items()
    ]


def _demand(file: DealFile, verdict: RequirementVerdict, naming: Naming) -> Demand:
    board, words = naming.board, naming.words
    known = {r.id: r for _, _, r in board.rules.requirements()} if board.rules else {}
    proofs = tuple(_proof(one, file, naming) for one in verdict.evidence)
    waived_by = tuple(_waivers(file, verdict))
    rule = known.get(verdict.requirement_id)
    if rule is None:
        return Demand(verdict.requirement_id, verdict, proofs, (), (), True, waived_by)
    changed = verdict.rule_hash not in ("", rule.rule_hash)
    holding = {one.requirement_id for one in file.requirements if one.verdict in _HOLDING}
    first = tuple(
        title_of(known[name], words)
        for name in rule.depends_on
        if name in known and name not in holding
    )
    closed = file.deal.status is StageKind.LOST
    ways = () if changed or closed else tuple(remedies(rule, verdict.verdict, words))
    return Demand(title_of(rule, words), verdict, proofs, ways, first, changed, waived_by)


def _waivers(file: DealFile, verdict: RequirementVerdict) -> Iterator[ShownWaiver]:
    """What people say of a requirement, where their word can count."""
    for one in file.waivers if verdict.waivable else ():
        if (one.stage, one.requirement_id) == (verdict.stage, verdict.requirement_id):
            by = (
                finding
                for finding, told in file.decisions.items()
                if any(d.kind is DecisionKind.WAIVE and d.at == one.at for d in told)
            )
            yield ShownWaiver(one, next(by, None), verdict.waived is None)


def _proof(evidence: Evidence, file: DealFile, naming: Naming) -> Proof:
    words = naming.words
    if evidence.kind == "call":
        row = naming.rows.get(evidence.id)
        place = f"#t={evidence.start:g}" if evidence.start is not None else ""
        link = f"/calls/{row}{place}" if row is not None else None
        text = evidence.quote or words("deals.whole_call")
        said = evidence.quote is not None
        return Proof(text, said, evidence.at, evidence.start, link, evidence.corrected_by)
    kind, _, name = evidence.id.partition(":")
    if kind == "activity":
        text = _record(name, evidence, file, words)
    else:
        text = field_in_words(name, words)
        if evidence.quote and not name.endswith("created_at"):
            text += f": {evidence.quote}"
    return Proof(text, False, evidence.at, None, None)


def _record(id_: str, evidence: Evidence, file: DealFile, words: Words) -> str:
    activity = next((one for one in file.activities if one.id == id_), None)
    if activity is None:
        return words("deals.record", what=evidence.quote or evidence.id)
    return activity_in_words(activity, words)


def activity_in_words(activity: Activity, words: Words) -> str:
    """A record of the CRM: what it is and what stands on it."""
    what = words(f"codes.activity.{activity.type.value}")
    subject = activity.subject or activity.text
    return f"{what[:1].upper()}{what[1:]}: {subject}" if subject else what[:1].upper() + what[1:]


def field_in_words(name: str, words: Words) -> str:
    """A field of the deal, of its company or of a contact."""
    owner, _, field = name.rpartition(".")
    label = words.of_code("deals.field", field)
    whose = {"company": "deals.of_company", "contact": "deals.of_contact"}
    key = whose.get(owner.partition(":")[0])
    return words(key, what=label) if key else label[:1].upper() + label[1:]


def coverage_of(file: DealFile) -> Heard:
    """How many of the deal's answered calls were heard, and what became of the others."""
    missing: dict[str, int] = {}
    heard = 0
    for one in file.calls:
        if one.judged.understood and not is_blind(one.judged):
            heard += 1
            continue
        if not is_blind(one.judged) and not one.judged.waits:
            continue  # nobody answered: there was nothing to hear
        key = _why_unheard(one.recording, waits=one.judged.waits)
        missing[key] = missing.get(key, 0) + 1
    order = ("never_came", "unusable", "expired", "waits", "unclear")
    told = tuple((key, missing[key]) for key in order if key in missing)
    return Heard(heard, heard + sum(missing.values()), told, file.untied)


def _why_unheard(recording: str | None, *, waits: bool) -> str:
    if recording is None:
        return "never_came"
    if waits:
        return "waits"
    return {"unusable": "unusable", "expired": "expired", "expiring": "expired"}.get(
        recording, "unclear"
    )
