"""The commands of whoever operates the service: serve, alerts, doctor, backup."""

from __future__ import annotations

from pathlib import Path

import typer

from flow import options
from flow.telling import told

app = typer.Typer()
_STATE = Path(".stagecheck")


@app.command()
def serve(
    host: options.ServeHost = "127.0.0.1",
    port: options.ServePort = 8787,
    db: options.Db = None,
    state: options.State = _STATE,
    verbose: options.Verbose = False,
) -> None:
    """Serve health, metrics and the API; stops with Ctrl-C or SIGTERM.

    The metrics and the status are for this machine, or for whoever shows the token of
    `service.token_file`.
    """
    with told(verbose=verbose, events=True):
        from core.serving import ServePlan
        from flow.service.serving import serve_app

        serve_app(ServePlan(host, state, db), port, typer.echo)


@app.command()
def alive(
    name: options.ProcessName,
    db: options.Db = None,
    state: options.State = _STATE,
    verbose: options.Verbose = False,
) -> None:
    """Tell whether a scheduler or worker of this machine lives. Exit status: 0 yes; 1 no."""
    with told(verbose=verbose):
        from core.clock import now
        from core.settings import load_settings
        from flow.service.heartbeat import lives_here
        from models.places import using_database

        settings = load_settings()
        with using_database(db, state, settings.service) as database:
            found = lives_here(database, name.value, now(), settings.service.stuck_s)
        typer.echo(f"a {name.value} lives here" if found else f"no {name.value} lives here")
        raise typer.Exit(0 if found else 1)


@app.command()
def alerts(
    db: options.Db = None,
    state: options.State = _STATE,
    json: options.AsJson = False,
    verbose: options.Verbose = False,
) -> None:
    """Show what is wrong with the service now. Exit status: 0 nothing; 1 something."""
    with told(verbose=verbose):
        from core.settings import load_settings
        from flow.result import as_json
        from flow.service.alarms import current_alerts
        from flow.service.alert_lines import alert_lines, alerts_json
        from models.places import using_database
        from models.session import reading
        from models.store.alerts import open_alerts

        settings = load_settings()
        with using_database(db, state, settings.service) as database:
            found = current_alerts(database, state, settings)
            with reading(database) as session:
                known = open_alerts(session)
        if json:
            typer.echo(as_json(alerts_json(found, known)), nl=False)
        else:
            for line in alert_lines(found, known):
                typer.echo(line)
        raise typer.Exit(1 if found else 0)


@app.command()
def doctor(
    db: options.Db = None,
    state: options.State = _STATE,
    deep: options.Deep = False,
    repair: options.Repair = False,
    verbose: options.Verbose = False,
) -> None:
    """Hold files, rows and settings against each other. Exit status: 0 all is well; 1 it is not."""
    with told(verbose=verbose):
        import time

        from core.settings import load_settings
        from flow.doctor.finding import finding_lines
        from flow.doctor.visit import Patient, is_well, visit

        patient = Patient(db, state, load_settings(), time.time())
        findings = visit(patient, deep=deep, repair=repair, say=typer.echo)
        for finding in findings:
            for line in finding_lines(finding):
                typer.echo(line)
        if not findings:
            typer.echo("all is well")
        raise typer.Exit(0 if is_well(findings) else 1)


@app.command()
def backup(
    to: options.BackupTo,
    secrets: options.WithSecrets = False,
    db: options.Db = None,
    state: options.State = _STATE,
    verbose: options.Verbose = False,
) -> None:
    """Copy the SQLite database to a new folder, as it is at one moment, while the service runs."""
    with told(verbose=verbose):
        from core.settings import load_settings
        from flow.backup import back_up

        kept = back_up(db, state, load_settings(), to, secrets=secrets)
        typer.echo(f"{kept.folder}: {kept.calls} calls, {kept.transcripts} transcripts")
        if secrets:
            typer.echo(
                "It holds the drop-box's keys and accounts: keep it where nobody else reads."
            )
