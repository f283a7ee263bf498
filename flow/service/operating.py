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
        from models.places import opened_database
        from models.session import reading
        from models.store.alerts import open_alerts

        settings = load_settings()
        database = opened_database(db, state, settings.service)
        try:
            found = current_alerts(database, state, settings)
            with reading(database) as session:
                known = open_alerts(session)
        finally:
            database.dispose()
        if json:
            typer.echo(as_json(alerts_json(found, known)), nl=False)
        else:
            for line in alert_lines(found, known):
                typer.echo(line)
        raise typer.Exit(1 if found else 0)
