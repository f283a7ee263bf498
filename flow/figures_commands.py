"""`stagecheck figures`: what figures are held against, and whether they are fair."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from flow import options
from flow.mailing.commands import report
from flow.telling import told


class ExportKind(StrEnum):
    """Kinds of files."""

    CSV = "csv"
    PARQUET = "parquet"


figures = typer.Typer(
    help="Figures from verified facts: their plans, their fairness.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

figures.command()(report)

Texts = Annotated[
    list[Path], typer.Argument(help="Calls as text (JSON), as `stagecheck classify` takes them.")
]
PlansFolder = Annotated[
    Path | None, typer.Option(help="Folder with plan files of your own, beside the packaged ones.")
]
Out = Annotated[Path, typer.Option("--out", help="A new or empty folder for the files.")]
FileKind = Annotated[ExportKind, typer.Option("--format", help="Which kind of files.")]
Then = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        help="As it was known at this moment (ISO 8601; in the CRM's time zone without an "
        "offset). Now if not given.",
    ),
]


@figures.command()
def export(  # noqa: PLR0913, PLR0917 - one parameter per option
    out: Out,
    as_of: Then = None,
    file_format: FileKind = ExportKind.CSV,
    db: options.Db = None,
    state: options.State = Path(".stagecheck"),
    verbose: options.Verbose = False,
) -> None:
    """Write what figures are counted from to files: deals, calls, promises and what is in them.

    No names of clients and no quotes. docs/figures.md tells what each column says.
    """
    with told(verbose=verbose):
        from core.settings import load_settings
        from flow.figures.exporting import ExportFormat, export
        from models.places import opened_database

        database = opened_database(db, state, load_settings().service)
        try:
            kind = ExportFormat(file_format.value)
            for one in export(database, out, kind, options.moment_of(as_of)):
                typer.echo(f"{one.file}: {one.rows} rows")
        finally:
            database.dispose()


@figures.command()
def fairness(
    texts: Texts,
    json: options.Json = None,
    checklist: options.Checklist = None,
    verbose: options.Verbose = False,
) -> None:
    """Hear calls again with other names and the other gender, and show what that moves.

    The aim is nothing. Calls in Russian only; no sound, no database.
    """
    with told(verbose=verbose):
        from classify.checklist import load_checklist
        from flow.fairness import fairness_json, fairness_lines, tried_fairness
        from flow.output import check_writable, write_files
        from flow.result import as_json
        from flow.texts import read_texts

        calls = [call for path in texts for call in read_texts(path)]
        if json is not None:
            check_writable(json)
        found = tried_fairness(calls, load_checklist(checklist))
        if json is not None:
            write_files({json: as_json(fairness_json(found))})
        for line in fairness_lines(found):
            typer.echo(line)


@figures.command()
def plans(
    plans: PlansFolder = None,
    pipelines: options.Pipelines = None,
    verbose: options.Verbose = False,
) -> None:
    """List weekly plans once their files are found right, and what their pipeline cannot prove."""
    with told(verbose=verbose):
        from classify.pipeline_file import load_pipelines
        from figures.plan_file import load_plans
        from flow.plans import plan_lines

        settings = options.chosen_settings(pipelines=pipelines)
        rules = load_pipelines(settings.verification.pipelines_folder)
        for line in plan_lines(load_plans(plans or settings.figures.plans), rules):
            typer.echo(line)
