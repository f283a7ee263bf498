"""The loop behind `stagecheck up`: watches, runs, serves the page, tells what came of it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from functools import partial

import typer

from core.settings import Settings
from flow import run as running
from flow.drop_box import inbox_of
from flow.keep_up import Tidings, keep_up
from flow.page_server import serving
from flow.watch import watching
from ingest.sftp.collect import Waiting, collect, forget_receipts
from ingest.stillness import Why
from models.vocabulary.errors import StagecheckError
from models.vocabulary.files import KnownFile

DAY_S = 86_400


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
    take_uploads(request, settings)
    with serving(request.html, port) as address:
        typer.echo(f"The report: {address} (Ctrl-C stops)")
        look_again = partial(_next_look, request, settings, every_s)
        judge, known = partial(_judged, settings), _known(request)
        watch = settings.watch
        for tidings in keep_up(request, judge, look_again, settings=watch, known=known):
            typer.echo(_line(tidings), err=tidings.problem is not None)


def take_uploads(request: running.RunRequest, settings: Settings) -> None:
    """Takes what telephone systems uploaded to the drop-box over to the recordings.

    What cannot be taken now (the disk is full, the folder is shut) is told, and stays where it is.
    """
    inbox, now_s = inbox_of(request.state, settings.sftp), time.time()
    found = list(collect(inbox, request.recordings, quiet_s=settings.sftp.quiet_s, at=now_s))
    for one in found:
        if isinstance(one, Waiting):
            waits = f"{one.account} sent {one.place}, which cannot be taken now"
            typer.echo(f"stagecheck: {waits} ({one.reason}); tried again soon", err=True)
        else:
            again = ", as it had before" if one.repeated else ""
            typer.echo(f"{one.account} sent {one.place}{again}")
    if found:
        forget_receipts(inbox, before=now_s - settings.sftp.receipts_days * DAY_S)


def _known(request: running.RunRequest) -> Mapping[str, KnownFile]:
    """The files that were judged before; none where the database is away, as the run will tell."""
    try:
        return running.known_files(request)
    except StagecheckError:
        return {}


def _judged(settings: Settings, request: running.RunRequest) -> running.RunReport:
    with watching() as watch:
        return running.run(request, settings, engine_for=running.whisper, watch=watch)


def _next_look(request: running.RunRequest, settings: Settings, every_s: float) -> bool:
    again = _pause(every_s)
    if again:
        take_uploads(request, settings)
    return again


def _pause(every_s: float) -> bool:
    time.sleep(every_s)
    return True


def _line(tidings: Tidings) -> str:
    waits = _waits(tidings)
    if tidings.problem is not None:
        return f"stagecheck: {tidings.problem} Waiting for the next change{waits}."
    at = time.strftime("%H:%M:%S")
    if tidings.report is None:
        return f"{at} nothing to judge yet{waits}"
    result = tidings.report.result
    gaps = Counter(deal["gap"] for deal in result["deals"])
    unusable = sum(error["error"] != "still_uploading" for error in result["errors"])
    return (
        f"{at} {len(result['calls'])} calls, {len(result['deals'])} deals: "
        f"{gaps['ahead']} ahead of reality, {gaps['behind']} behind, "
        f"{gaps['unknown']} cannot be told; {len(result['flags'])} flags, "
        f"{unusable} unusable recordings{waits}"
    )


def _waits(tidings: Tidings) -> str:
    """How many files wait and why, and those that were waited for long enough."""
    counts = [f"{count} {why.value}" for why, count in sorted(tidings.waiting.items())]
    total = sum(tidings.waiting.values())
    files = "file waits" if total == 1 else "files wait"
    waits = f"; {total} {files} ({', '.join(counts)})" if total else ""
    taken = "".join(
        f"; {count} taken as {'it is' if count == 1 else 'they are'} ({_GIVEN_UP[why]})"
        for why, count in sorted(tidings.given_up.items())
    )
    return waits + taken


_GIVEN_UP = {
    Why.EMPTY: "empty all the time",
    Why.CALL: "its WAV header was never filled in",
}
