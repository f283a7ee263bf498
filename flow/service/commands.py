"""The commands of the service: up, worker, scheduler, status, retry."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from flow import options
from flow.service.parent import end_with_parent, is_child
from flow.telling import told

if TYPE_CHECKING:
    from core.settings import Settings
    from flow.question import RunRequest

app = typer.Typer()
_STATE = Path(".stagecheck")


@app.command()
def up(  # noqa: PLR0913, PLR0917 - one parameter per option
    recordings: options.Recordings,
    crm: options.Crm,
    cdr: options.Cdr = None,
    pipelines: options.Pipelines = None,
    model: options.Model = None,
    language: options.Languages = None,
    db: options.Db = None,
    state: options.State = _STATE,
    port: options.Port = 8787,
    every: options.Every = None,
    checklist: options.Checklist = None,
    verbose: options.Verbose = False,
) -> None:
    """Keep a folder of recordings judged as it grows and serve the report on this machine.

    Everything runs here: the drop-box, once an account was made, a worker, the page. Stops with
    Ctrl-C; what was transcribed is kept.
    """
    with told(verbose=verbose):
        from flow.service.up import keep_and_serve

        settings = _settings(
            pipelines=pipelines, model=model, language=language, checklist=checklist, every=every
        )
        request = _request(recordings, crm, cdr, db, state, state / "report.html")
        words = [str(recordings), "--html", str(state / "report.html")]
        words += ["--verbose"] if verbose else []
        given = {
            "--crm": crm,
            "--cdr": cdr,
            "--pipelines": pipelines,
            "--model": model,
            "--language": language.value if language else None,
            "--db": db,
            "--state": state,
            "--checklist": checklist,
        }
        for name, value in given.items():
            words += [name, str(value)] if value is not None else []
        keep_and_serve(request, settings, port=port, words=words, say=_say)


@app.command()
def worker(  # noqa: PLR0913, PLR0917 - one parameter per option
    recordings: options.Recordings,
    crm: options.Crm,
    cdr: options.Cdr = None,
    pipelines: options.Pipelines = None,
    html: options.Html = None,
    model: options.Model = None,
    language: options.Languages = None,
    db: options.Db = None,
    state: options.State = _STATE,
    lane: options.Lanes = None,
    processes: options.Processes = 1,
    checklist: options.Checklist = None,
    verbose: options.Verbose = False,
) -> None:
    """Transcribe and judge the calls that wait; as many workers as there is room for.

    Told of work by the broker of the settings, else it looks into the database. After SIGTERM it
    ends the call in hand.
    """
    with told(verbose=verbose, events=not is_child()):
        from flow.service.opening import opened_place
        from flow.service.signals import stopped_by_signals
        from models.places import broker_address
        from models.store.processes import WORKER
        from models.vocabulary.work import Lane

        end_with_parent()
        settings = _settings(
            pipelines=pipelines, model=model, language=language, checklist=checklist
        )
        request = _request(recordings, crm, cdr, db, state, html)
        lanes = [Lane(one.value) for one in lane] if lane else list(Lane)
        broker = broker_address(settings.service)
        if broker is not None:
            from flow.service.tasks import serve_as_celery

            serve_as_celery(
                broker,
                lambda: opened_place(request, settings, WORKER),
                lanes=lanes,
                processes=processes,
            )
            return
        from flow.service.worker import work_through

        with stopped_by_signals() as stop, opened_place(request, settings, WORKER) as place:
            work_through(place, lanes, stop)


@app.command()
def scheduler(  # noqa: PLR0913, PLR0917 - one parameter per option
    recordings: options.Recordings,
    crm: options.Crm,
    cdr: options.Cdr = None,
    pipelines: options.Pipelines = None,
    db: options.Db = None,
    state: options.State = _STATE,
    every: options.Every = None,
    verbose: options.Verbose = False,
) -> None:
    """Take uploads, look for calls, tell workers of them and find work that was lost.

    One of them works at a time; a second one stands by.
    """
    with told(verbose=verbose, events=True):
        from flow.live.serving import serving_crms
        from flow.mailing.desk import mailing
        from flow.service.alarms import watched
        from flow.service.delivering import delivering
        from flow.service.opening import bell_of, opened_place
        from flow.service.scheduler import Scheduler, standing_by
        from flow.service.signals import stopped_by_signals
        from models.store.processes import SCHEDULER

        settings = _settings(pipelines=pipelines, every=every)
        request = _request(recordings, crm, cdr, db, state, None)
        with (
            stopped_by_signals() as stop,
            opened_place(request, settings, SCHEDULER) as place,
            standing_by(place.database, stop, _log_line) as ours,
        ):
            if ours:
                with (
                    watched(place.database, state, settings),
                    delivering(place.database, state, settings),
                    mailing(place.database, settings),
                    serving_crms(place.database, state, settings, _log_line),
                ):
                    Scheduler(place, bell_of(settings), _log_line).run(stop)


@app.command()
def status(
    db: options.Db = None,
    state: options.State = _STATE,
    json: options.AsJson = False,
    verbose: options.Verbose = False,
) -> None:
    """Show what waits, how fast it goes and what could not be used."""
    with told(verbose=verbose):
        from core.clock import now
        from flow.result import as_json
        from flow.service.opening import opened_service
        from flow.service.status import mailing_lines, read_status, status_lines
        from models.store.standing import standing_json

        settings = _settings()
        with opened_service(db, state, settings) as (database, bell):
            standing, reached = read_status(database, bell, now())
            letters = mailing_lines(database, now())
        if not reached:
            typer.echo("stagecheck: the broker cannot be reached; the work waits.", err=True)
        if json:
            typer.echo(as_json(standing_json(standing)), nl=False)
        else:
            for line in (*status_lines(standing), *letters):
                typer.echo(line)


@app.command()
def retry(
    jobs: options.Jobs = None,
    db: options.Db = None,
    state: options.State = _STATE,
    verbose: options.Verbose = False,
) -> None:
    """Try again what was set aside: the jobs and recordings named, or all of them."""
    with told(verbose=verbose):
        from core.clock import now
        from flow.service.opening import opened_service
        from flow.service.retrying import retry_set_aside

        settings = _settings()
        with opened_service(db, state, settings) as (database, bell):
            again = retry_set_aside(database, bell, settings, jobs or None, now())
        typer.echo(f"{again} to be tried again" if again else "nothing of this is set aside")


def _settings(
    *,
    pipelines: Path | None = None,
    model: str | None = None,
    language: options.Language | None = None,
    checklist: Path | None = None,
    every: float | None = None,
) -> Settings:
    settings = options.chosen_settings(
        pipelines=pipelines, model=model, language=language, checklist=checklist
    )
    if every is None:
        return settings
    service = settings.service.model_copy(update={"look_s": every})
    return settings.model_copy(update={"service": service})


def _request(  # noqa: PLR0913, PLR0917 - what a run is asked
    recordings: Path, crm: Path, cdr: Path | None, db: str | None, state: Path, html: Path | None
) -> RunRequest:
    from flow.question import RunRequest

    return RunRequest(recordings, crm, cdr, None, html, db, None, state)


def _say(line: str) -> None:
    typer.echo(line)


def _log_line(line: str) -> None:
    """Says a line; where nobody watches it becomes part of a log, and names no numbers."""
    from core.logs import blotted

    typer.echo(line if sys.stdout.isatty() else blotted(line))
