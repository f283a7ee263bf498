"""The options of the command line, and how they become settings."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from core.settings import Settings


class Language(StrEnum):
    """Languages of calls."""

    RU = "ru"
    EN = "en"
    AUTO = "auto"


class ReportLanguage(StrEnum):
    """Languages of the page for the supervisor."""

    RU = "ru"
    EN = "en"


class LaneName(StrEnum):
    """Where jobs wait."""

    FRESH = "fresh"
    BACKLOG = "backlog"


Recordings = Annotated[Path, typer.Argument(help="Folder of recordings, read recursively.")]
Crm = Annotated[Path, typer.Option(help="The CRM snapshot (JSON), or the name of a connected CRM.")]
Cdr = Annotated[Path | None, typer.Option(help="The telephone system's ledger (Master.csv).")]
Pipelines = Annotated[
    Path | None,
    typer.Option(help="Folder with pipeline files of your own, beside the packaged ones."),
]
Json = Annotated[Path | None, typer.Option("--json", help="Write the result to this file.")]
Html = Annotated[Path | None, typer.Option(help="Write a page for the supervisor to this file.")]
Model = Annotated[str | None, typer.Option(help="Speech model: a name, or a folder with weights.")]
Languages = Annotated[
    Language | None, typer.Option(help="Language of the calls; auto detects it per call.")
]
ReportLanguages = Annotated[
    ReportLanguage | None,
    typer.Option("--report-language", help="Language of the page, and of explanations in it."),
]
Db = Annotated[
    str | None,
    typer.Option(
        help="Database URL (postgresql+psycopg://...); a SQLite file in the state folder "
        "if not given."
    ),
]
AsOf = Annotated[
    str | None,
    typer.Option(
        help="Judge as of this moment (ISO 8601; in the CRM's time zone without an offset). "
        "The snapshot's own moment if not given."
    ),
]
State = Annotated[Path, typer.Option(help="Folder that keeps what was transcribed between runs.")]
Port = Annotated[
    int, typer.Option(min=0, max=65535, help="Port of the report's page on this machine.")
]
ServeHost = Annotated[
    str, typer.Option("--host", help="Address to listen on; the default serves this machine only.")
]
ServePort = Annotated[
    int, typer.Option("--port", min=0, max=65535, help="Port to listen on; 0: any free one.")
]
Every = Annotated[
    float | None, typer.Option(min=0.1, help="Seconds between two looks at the recordings.")
]
Checklist = Annotated[
    Path | None,
    typer.Option(help="Checklist of a good call: a file of yours, or `sales_call`."),
]
Transcript = Annotated[
    Path, typer.Argument(help="One call as text or a list of calls (JSON); - for stdin.")
]
Explain = Annotated[
    bool, typer.Option("--explain", help="Add to each action what made it (`cues`).")
]
SftpHost = Annotated[str | None, typer.Option("--host", help="Address to listen on.")]
SftpPort = Annotated[
    int | None, typer.Option("--port", min=0, max=65535, help="Port to listen on; 0: any free one.")
]
AccountName = Annotated[str | None, typer.Argument(help="The account; none: list all.")]
AccountKeys = Annotated[
    list[Path] | None, typer.Option("--key", help="File with a public key; may be repeated.")
]
AccountPassword = Annotated[
    bool, typer.Option("--password", help="Ask for a password (or take it from a pipe).")
]
AccountNetworks = Annotated[
    list[str] | None,
    typer.Option("--network", help="Log-ins only from there (10.0.0.0/8); may be repeated."),
]
AccountRemove = Annotated[bool, typer.Option("--remove", help="Take the account away.")]


class ProcessOf(StrEnum):
    """Processes of the service that say that they live."""

    SCHEDULER = "scheduler"
    WORKER = "worker"


ProcessName = Annotated[ProcessOf, typer.Argument(help="Which kind of process.")]
Lanes = Annotated[
    list[LaneName] | None,
    typer.Option("--lane", help="Only jobs of this lane; may be repeated, most urgent first."),
]
Processes = Annotated[
    int, typer.Option(min=1, help="How many calls at once, each with a speech model of its own.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Show it as JSON.")]
Jobs = Annotated[
    list[str] | None,
    typer.Argument(help="What is to be tried again, as `stagecheck status` names it; none: all."),
]
Deep = Annotated[bool, typer.Option("--deep", help="Read every recording as well.")]
Repair = Annotated[bool, typer.Option("--repair", help="Mend what can be mended safely.")]
BackupTo = Annotated[Path, typer.Argument(metavar="TO", help="A new folder for the backup.")]
WithSecrets = Annotated[
    bool, typer.Option("--secrets", help="Also the drop-box's host keys and accounts.")
]
KeyFile = Annotated[Path, typer.Argument(help="The new file for the key.")]
SealAgain = Annotated[
    bool, typer.Option("--again", help="Seal anew what is sealed already: for a changed key.")
]
SealedFile = Annotated[Path, typer.Argument(help="A sealed recording (.age).")]
ClearFile = Annotated[Path, typer.Option("--out", "-o", help="The new file in clear.")]
Verbose = Annotated[bool, typer.Option("--verbose", help="Show the logs on stderr.")]


def chosen_settings(
    *,
    pipelines: Path | None = None,
    model: str | None = None,
    language: Language | None = None,
    checklist: Path | None = None,
    report_language: ReportLanguage | None = None,
) -> Settings:
    """Gives the settings of this process, with what the command line says on top.

    Raises:
        SettingsError: a setting is unknown or wrong.
    """
    from core.settings import load_settings

    settings = load_settings()
    speech = {"model": model, "language": language.value if language else None}
    chosen = {name: value for name, value in speech.items() if value is not None}
    files = {"pipelines_folder": pipelines, "checklist": checklist}
    rules = {name: value for name, value in files.items() if value is not None}
    report = {} if report_language is None else {"report_language": report_language.value}
    return settings.model_copy(
        update={
            "service": settings.service.model_copy(update=report),
            "speech": settings.speech.model_copy(update=chosen),
            "verification": settings.verification.model_copy(update=rules),
        }
    )


def moment_of(text: str | None) -> datetime | None:
    """Gives the moment that `--as-of` names.

    Raises:
        InvalidInputError: it is not ISO 8601.
    """
    from models.vocabulary.errors import InvalidInputError

    if text is None:
        return None
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError as error:
        remedy = "Write it as 2026-11-20T18:00:00+03:00."
        raise InvalidInputError(f"--as-of {text}", "not an ISO 8601 time", remedy) from error
