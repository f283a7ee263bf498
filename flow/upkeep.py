"""The loop behind `stagecheck up`: watches, runs, serves the page, tells what came of it."""

from __future__ import annotations

import time
from collections import Counter
from functools import partial

import typer

from core.settings import Settings
from flow import run as running
from flow.keep_up import Tidings, keep_up
from flow.page_server import serving
from flow.watch import watching


def keep_and_serve(
    request: running.RunRequest, settings: Settings, *, port: int, every_s: float
) -> None:
    """Keeps `request.html` up to date and serves it until Ctrl-C.

    Raises:
        StagecheckError: the port or the state folder cannot be used.
    """
    running.make_state_folder(request.state)
    if request.html is None:
        raise ValueError("the page to serve has no place")
    with serving(request.html, port) as address:
        typer.echo(f"The report: {address} (Ctrl-C stops)")
        for tidings in keep_up(request, partial(_judged, settings), partial(_pause, every_s)):
            typer.echo(_line(tidings), err=tidings.problem is not None)


def _judged(settings: Settings, request: running.RunRequest) -> running.RunReport:
    with watching() as watch:
        return running.run(request, settings, engine_for=running.whisper, watch=watch)


def _pause(every_s: float) -> bool:
    time.sleep(every_s)
    return True


def _line(tidings: Tidings) -> str:
    if tidings.report is None:
        return f"stagecheck: {tidings.problem} Waiting for the next change."
    result = tidings.report.result
    gaps = Counter(deal["gap"] for deal in result["deals"])
    return (
        f"{time.strftime('%H:%M:%S')} {len(result['calls'])} calls, {len(result['deals'])} deals: "
        f"{gaps['ahead']} ahead of reality, {gaps['behind']} behind, "
        f"{gaps['unknown']} cannot be told; {len(result['flags'])} flags, "
        f"{len(result['errors'])} unusable recordings"
    )
