"""The command line: reads options, tells errors in one sentence, exits as the contract says."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from core.settings import Settings

# Only what `--help` needs is imported above; each command imports what it works with.
_WRONG = 2
_INTERRUPTED = 130

app = typer.Typer(
    help="Compares the stage a deal has in the CRM with what was said on the telephone.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


class Language(StrEnum):
    """Languages of calls."""

    RU = "ru"
    EN = "en"
    AUTO = "auto"


Verbose = Annotated[bool, typer.Option("--verbose", help="Show the logs on stderr.")]
Json = Annotated[Path | None, typer.Option("--json", help="Write the result to this file.")]
Pipelines = Annotated[
    Path | None,
    typer.Option(help="Folder with pipeline files of your own, beside the packaged ones."),
]


def main() -> None:
    """Runs the command line of this process."""
    try:
        app()
    except BrokenPipeError:
        # Whoever read our output has enough (`| head`); there is nobody left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(_WRONG)


@app.command()
def run(  # noqa: PLR0913, PLR0917 - one parameter per option of the contract
    recordings: Annotated[Path, typer.Argument(help="Folder of recordings, read recursively.")],
    crm: Annotated[Path, typer.Option(help="The CRM snapshot (JSON).")],
    cdr: Annotated[
        Path | None, typer.Option(help="The telephone system's ledger (Master.csv).")
    ] = None,
    pipelines: Pipelines = None,
    json: Json = None,
    html: Annotated[
        Path | None, typer.Option(help="Write a page for the supervisor to this file.")
    ] = None,
    model: Annotated[
        str | None, typer.Option(help="Speech model: a name, or a folder with weights.")
    ] = None,
    language: Annotated[
        Language | None, typer.Option(help="Language of the calls; auto detects it per call.")
    ] = None,
    db: Annotated[
        str | None,
        typer.Option(
            help="Database URL (postgresql+psycopg://...); a SQLite file in the state folder "
            "if not given."
        ),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            help="Judge as of this moment (ISO 8601; in the CRM's time zone without an offset). "
            "The snapshot's own moment if not given."
        ),
    ] = None,
    state: Annotated[
        Path, typer.Option(help="Folder that keeps what was transcribed between runs.")
    ] = Path(".stagecheck"),
    verbose: Verbose = False,
) -> None:
    """Check the CRM's deals against recorded calls.

    Exit status: 0 all done; 1 some recordings could not be used; 2 the command or its
    input was wrong.
    """
    with _told(verbose=verbose):
        from flow.run import RunRequest, whisper
        from flow.run import run as run_all
        from flow.summary import print_summary, summary_lines
        from flow.watch import watching

        settings = _settings(pipelines=pipelines, model=model, language=language)
        request = RunRequest(
            recordings=recordings,
            crm=crm,
            cdr=cdr,
            json=json,
            html=html,
            db=db,
            as_of=_moment(as_of),
            state=state,
        )
        with watching() as watch:
            report = run_all(request, settings, engine_for=whisper, watch=watch)
        for warning in report.warnings:
            typer.echo(f"Warning: {warning}", err=True)
        lines = summary_lines(report.result, report.snapshot, report.stage_keys)
        print_summary(lines, {"JSON": json, "HTML": html})
        raise typer.Exit(1 if report.result["errors"] else 0)


@app.command()
def classify(
    transcript: Annotated[
        Path, typer.Argument(help="One call as text or a list of calls (JSON); - for stdin.")
    ],
    json: Json = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Add to each action what made it (`cues`).")
    ] = False,
    verbose: Verbose = False,
) -> None:
    """Find the actions in calls that came as text."""
    with _told(verbose=verbose):
        from flow.classifying import classify_texts
        from flow.output import check_writable, write_files
        from flow.result import as_json
        from flow.texts import read_texts

        calls = read_texts(transcript)
        if json is not None:
            check_writable(json)
        text = as_json(classify_texts(calls, explain=explain))
        if json is None:
            typer.echo(text, nl=False)
        else:
            write_files({json: text})


@app.command(name="pipelines")
def list_pipelines(pipelines: Pipelines = None, verbose: Verbose = False) -> None:
    """List the pipeline files once they are found right."""
    with _told(verbose=verbose):
        from classify.pipeline_file import load_pipelines

        settings = _settings(pipelines=pipelines, model=None, language=None)
        for name, rules in sorted(load_pipelines(settings.verification.pipelines_folder).items()):
            typer.echo(name)
            for stage in rules.stages:
                demands = len(stage.requirements)
                typer.echo(f"  {stage.key}: {demands} requirement{'' if demands == 1 else 's'}")


@app.command()
def version() -> None:
    """Show the version."""
    from importlib.metadata import version as version_of

    typer.echo(f"stagecheck {version_of('stagecheck')}")


@contextmanager
def _told(*, verbose: bool) -> Iterator[None]:
    """Tells errors in one sentence on stderr; the traceback only with `--verbose`."""
    from core.logs import configure_logs
    from core.settings import SettingsError
    from models.vocabulary.errors import StagecheckError

    configure_logs(verbose=verbose)
    try:
        yield
    except (StagecheckError, SettingsError) as error:
        typer.echo(f"stagecheck: {error}", err=True)
        raise typer.Exit(_WRONG) from error
    except KeyboardInterrupt as error:
        typer.echo("stagecheck: interrupted; the same command goes on where it was.", err=True)
        raise typer.Exit(_INTERRUPTED) from error
    except (typer.Exit, BrokenPipeError):
        raise
    except Exception as error:
        if verbose:
            raise
        typer.echo(
            f"stagecheck: an unexpected {type(error).__name__}: {error}. "
            "Run it again with --verbose and report what it shows.",
            err=True,
        )
        raise typer.Exit(_WRONG) from error


def _settings(*, pipelines: Path | None, model: str | None, language: Language | None) -> Settings:
    """The settings of this process, with what the command line says on top."""
    from core.settings import load_settings

    settings = load_settings()
    speech = {"model": model, "language": language.value if language else None}
    chosen = {name: value for name, value in speech.items() if value is not None}
    rules = {"pipelines_folder": pipelines} if pipelines is not None else {}
    return settings.model_copy(
        update={
            "speech": settings.speech.model_copy(update=chosen),
            "verification": settings.verification.model_copy(update=rules),
        }
    )


def _moment(text: str | None) -> datetime | None:
    from models.vocabulary.errors import InvalidInputError

    if text is None:
        return None
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError as error:
        remedy = "Write it as 2026-11-20T18:00:00+03:00."
        raise InvalidInputError(f"--as-of {text}", "not an ISO 8601 time", remedy) from error


if __name__ == "__main__":
    main()
