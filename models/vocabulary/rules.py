"""Words about changing what stages demand: drafts, editions, and what they would turn over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """A copy of a pipeline's rules that somebody works on.

    `version` counts how often it was saved, so that two people notice each other; `base` is the
    edition that was published when it was begun (0: the file, as it came).
    """

    pipeline: str
    text: str
    version: int
    base: int
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RuleEdition:
    """What a pipeline demands from a moment on; the highest version of a pipeline is in force.

    `digest` tells texts apart; `restores` is the version that was taken back up. One that
    `follows_file` gives the pipeline back to its rule file, whatever that says later; its `text`
    is what the file said then.
    """

    pipeline: str
    version: int
    text: str
    digest: str
    who: str
    note: str
    at: datetime
    restores: int | None = None
    follows_file: bool = False


class FlipKind(StrEnum):
    """What of a deal is judged otherwise."""

    STAGE = "stage"
    REQUIREMENT = "requirement"
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class Flip:
    """One thing that other rules judge otherwise.

    `subject` is the requirement's id or the kind of flag, empty for a stage; `before` and `after`
    are verdicts, stages or severities, ``None`` where there is nothing. `finding` is what people
    see of it, `decided` what they decided there; `key` is the finding's, of a flag.
    """

    kind: FlipKind
    deal_id: str | None
    call_id: str | None
    user_id: str | None
    subject: str
    before: str | None
    after: str | None
    finding: int | None = None
    decided: str | None = None
    key: str | None = None


class PreviewState(StrEnum):
    """How far a preview has come."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


PREVIEW_STEPS = 4  # calls read, judged by the rules in force, judged by the draft, compared


@dataclass(frozen=True, slots=True)
class RulePreview:
    """What a draft would turn over, or the rule file where it `follows_file`.

    `step` of `PREVIEW_STEPS` are done, and of the next one `done` deals of all `of` (0: it does not
    go deal by deal).
    `judged` tells the verdicts apart that it was compared with, `against` is the edition that was
    in force; once either is another one it is out of date. `deals` were judged.
    """

    id: int
    pipeline: str
    text: str
    digest: str
    who: str
    asked_at: datetime
    state: PreviewState
    step: int
    against: int
    judged: str | None
    deals: int
    finished_at: datetime | None
    problem: str | None
    follows_file: bool = False
    done: int = 0
    of: int = 0


@dataclass(frozen=True, slots=True)
class FlipCount:
    """How many flips are alike, and how many of them are about what people had decided."""

    kind: FlipKind
    subject: str
    before: str | None
    after: str | None
    flips: int
    decided: int
