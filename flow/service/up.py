"""Everything on one machine: the scheduler here, a worker and the drop-box as its children."""

from __future__ import annotations

import socket
import time
from collections import Counter
from collections.abc import Callable, Sequence

from core.clock import now
from core.settings import Settings
from flow.drop_box import accounts_file
from flow.live.serving import serving_crms
from flow.mailing.desk import mailing
from flow.page_server import serving
from flow.question import RunRequest
from flow.service.alarms import watched
from flow.service.children import Child
from flow.service.delivering import delivering
from flow.service.opening import bell_of, opened_place
from flow.service.scheduler import Scheduler
from flow.service.signals import stopped_by_signals
from flow.service.workplace import Workplace
from models.session import reading, transaction
from models.store.accounts import count_accounts
from models.store.claims import free_jobs_of
from models.store.intake import current_calls, load_problems
from models.store.lock import alone
from models.store.processes import SCHEDULER
from models.store.runs import latest_run, load_verification
from models.vocabulary.errors import StagecheckError

_STOPS_S = 30.0
_AMENDED_S = 60.0
Say = Callable[[str], None]


def keep_and_serve(
    request: RunRequest, settings: Settings, *, port: int, words: Sequence[str], say: Say
) -> None:
    """Keeps everything running and serves `request.html` on this machine until Ctrl-C.

    Args:
        request: what is judged; `html` is the page.
        settings: of this process.
        port: of the page.
        words: the arguments that the worker gets: recordings, CRM and options.
        say: shows a line to the user.

    Raises:
        StagecheckError: the port, the state folder or the database cannot be used.
    """
    if request.html is None:
        raise ValueError("the page to serve has no place")
    with (
        opened_place(request, settings, SCHEDULER) as place,
        alone(place.database),
        watched(place.database, request.state, settings),
        delivering(place.database, request.state, settings),
        mailing(place.database, settings),
        serving_crms(place.database, request.state, settings, say),
        serving(request.html, port) as address,
        stopped_by_signals() as stop,
    ):
        say(f"The report: {address} (Ctrl-C stops)")
        with transaction(place.database) as session:
            # What the worker of before had in hand died with it.
            free_jobs_of(session, socket.gethostname(), now())
        children = {"worker": Child("worker", ["worker", *words])}
        scheduler, tidings = Scheduler(place, bell_of(settings), say), _Tidings(place)
        try:
            while not stop.is_set():
                scheduler.turn()
                _add_drop_box(children, request, settings, say)
                _add_pages(children, place, settings)
                for line in (*filter(None, map(Child.keep_alive, children.values())), *tidings()):
                    say(line)
                stop.wait(1.0)
        finally:
            for child in children.values():
                child.stop(patience_s=_STOPS_S)


def _add_drop_box(
    children: dict[str, Child], request: RunRequest, settings: Settings, say: Say
) -> None:
    """Opens the drop-box as soon as somebody has an account there."""
    if "drop-box" in children or not accounts_file(request.state).exists():
        return
    children["drop-box"] = Child("drop-box", ["sftp", "--state", str(request.state)])
    say(f"The drop-box takes uploads by SFTP on port {settings.sftp.port}")


def _add_pages(children: dict[str, Child], place: Workplace, settings: Settings) -> None:
    """Opens the review pages as soon as somebody may log in there; they tell their address."""
    if "pages" in children:
        return
    try:
        with reading(place.database) as session:
            anybody = settings.oidc.issuer is not None or count_accounts(session) > 0
    except StagecheckError:
        return  # the scheduler tells what is wrong with the database
    if anybody:
        request = place.request
        words = ["serve", "--state", str(request.state)]
        words += ["--db", request.db] if request.db else []
        words += ["--port", str(settings.service.pages_port)]
        children["pages"] = Child("pages", words)


class _Tidings:
    """Tells the user when the verdicts are other than before.

    A live CRM amends the day's run all the time: of that is told once a minute.
    """

    def __init__(self, place: Workplace) -> None:
        self._place = place
        self._told: tuple[int, str | None] | None = None
        self._rests_until_s = float("-inf")

    def __call__(self) -> list[str]:
        try:
            return self._new()
        except StagecheckError:
            return []  # the scheduler tells what is wrong with the database

    def _new(self) -> list[str]:
        place = self._place
        with reading(place.database) as session:
            run = latest_run(session, place.source, place.crm)
            if run is None or run == self._told:
                return []
            amended = self._told is not None and run[0] == self._told[0]
            if amended and time.monotonic() < self._rests_until_s:
                return []
            verification = load_verification(session, run[0], place.situation().around.zone)
            recorded, _ = current_calls(session, place.source)
            problems = load_problems(session, place.source)
        self._told, self._rests_until_s = run, time.monotonic() + _AMENDED_S
        unusable = sum(one.error != "still_uploading" for one in problems)
        gaps = Counter(deal.gap.value for deal in verification.deals)
        line = (
            f"{time.strftime('%H:%M:%S')} {len(recorded)} calls, {len(verification.deals)} deals: "
            f"{gaps['ahead']} ahead of reality, {gaps['behind']} behind, "
            f"{gaps['unknown']} cannot be told; {len(verification.flags)} flags, "
            f"{unusable} unusable recordings"
        )
        return [line]
