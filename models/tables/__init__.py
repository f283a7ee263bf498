"""The tables: rows are what the steps hand over to each other."""

from models.tables.access import (
    AccountRow,
    ApiKeyRow,
    AuditRow,
    FailedLoginRow,
    SessionRow,
    SpentErrandRow,
    UploadRow,
)
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
from models.tables.connections import (
    CrmBellRow,
    CrmChangeRow,
    CrmConnectionRow,
    CrmPaceRow,
    CrmPassRow,
    CrmWriteRow,
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
from models.tables.events import (
    CoverageGapRow,
    EventRow,
    WebhookDeliveryRow,
    WebhookEndpointRow,
)
from models.tables.figures import (
    CallFactRow,
    DealFactRow,
    FactWeekRow,
    LineFactRow,
    PersonFactRow,
    PromiseFactRow,
)
from models.tables.files import KnownFileRow
from models.tables.jobs import CallHeardRow, IntakeProblemRow, JobRow
from models.tables.judge import JudgeAnswerRow
from models.tables.keeping import HoldRow, KeepingEventRow, TombstoneRow
from models.tables.operations import AlertNoticeRow, AlertRow, ProcessRow
from models.tables.reports import MailingRow, ReportEditionRow
from models.tables.review import (
    CorrectedHearingRow,
    CorrectionRow,
    DecisionRow,
    FindingRow,
    WaiverRow,
)
from models.tables.rules import RuleDraftRow, RuleEditionRow, RuleFlipRow, RulePreviewRow
from models.tables.scores import CallScoreRow, CheckedItemRow
from models.tables.verdicts import (
    DealVerdictRow,
    FlagRow,
    PromiseRow,
    RequirementVerdictRow,
    RunRow,
)

__all__ = [
    "AccountRow",
    "ActionRow",
    "ActivityRow",
    "AlertNoticeRow",
    "AlertRow",
    "ApiKeyRow",
    "AuditRow",
    "CallFactRow",
    "CallHeardRow",
    "CallRow",
    "CallScoreRow",
    "CdrEntryRow",
    "CheckedItemRow",
    "CompanyRow",
    "ContactRow",
    "CorrectedHearingRow",
    "CorrectionRow",
    "CoverageGapRow",
    "CrmBellRow",
    "CrmChangeRow",
    "CrmConnectionRow",
    "CrmPaceRow",
    "CrmPassRow",
    "CrmRow",
    "CrmWriteRow",
    "DealFactRow",
    "DealMatchRow",
    "DealRow",
    "DealVerdictRow",
    "DecisionRow",
    "EventRow",
    "FactWeekRow",
    "FailedLoginRow",
    "FindingRow",
    "FlagRow",
    "HoldRow",
    "IntakeProblemRow",
    "JobRow",
    "JudgeAnswerRow",
    "KeepingEventRow",
    "KnownFileRow",
    "LineFactRow",
    "MailingRow",
    "PersonFactRow",
    "PipelineRow",
    "ProcessRow",
    "PromiseFactRow",
    "PromiseRow",
    "RecordingRow",
    "ReportEditionRow",
    "RequirementVerdictRow",
    "Row",
    "RuleDraftRow",
    "RuleEditionRow",
    "RuleFlipRow",
    "RulePreviewRow",
    "RunRow",
    "SecondListeningRow",
    "SessionRow",
    "SpentErrandRow",
    "StageChangeRow",
    "TombstoneRow",
    "TranscriptRow",
    "UploadRow",
    "UserRow",
    "WaiverRow",
    "WebhookDeliveryRow",
    "WebhookEndpointRow",
]
