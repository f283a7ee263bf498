"""The tables: rows are what the steps hand over to each other."""

from models.tables.base import Row
from models.tables.calls import (
    ActionRow,
    CallRow,
    CdrEntryRow,
    DealMatchRow,
    RecordingRow,
    SecondListeningRow,
    TranscriptRow,
)
from models.tables.crm import (
    ActivityRow,
    CompanyRow,
    ContactRow,
    CrmRow,
    DealRow,
    PipelineRow,
    StageChangeRow,
    UserRow,
)
from models.tables.files import KnownFileRow
from models.tables.jobs import CallHeardRow, IntakeProblemRow, JobRow
from models.tables.judge import JudgeAnswerRow
from models.tables.keeping import HoldRow, KeepingEventRow, TombstoneRow
from models.tables.operations import AlertNoticeRow, AlertRow, ProcessRow
from models.tables.scores import CallScoreRow, CheckedItemRow
from models.tables.verdicts import (
    DealVerdictRow,
    FlagRow,
    PromiseRow,
    RequirementVerdictRow,
    RunRow,
)

__all__ = [
    "ActionRow",
    "ActivityRow",
    "AlertNoticeRow",
    "AlertRow",
    "CallHeardRow",
    "CallRow",
    "CallScoreRow",
    "CdrEntryRow",
    "CheckedItemRow",
    "CompanyRow",
    "ContactRow",
    "CrmRow",
    "DealMatchRow",
    "DealRow",
    "DealVerdictRow",
    "FlagRow",
    "HoldRow",
    "IntakeProblemRow",
    "JobRow",
    "JudgeAnswerRow",
    "KeepingEventRow",
    "KnownFileRow",
    "PipelineRow",
    "ProcessRow",
    "PromiseRow",
    "RecordingRow",
    "RequirementVerdictRow",
    "Row",
    "RunRow",
    "SecondListeningRow",
    "StageChangeRow",
    "TombstoneRow",
    "TranscriptRow",
    "UserRow",
]
