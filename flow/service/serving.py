"""`stagecheck serve`: the web app in this process, until it is told to stop."""

from __future__ import annotations

import socket
from collections.abc import Callable
from types import FrameType

import uvicorn

from core.serving import APP, ENDING, ServePlan, tell_plan
from flow.service.signals import stopped_by_signals
from models.vocabulary.errors import StagecheckError

_ENDS_S = 10  # that answers in hand may still take


def serve_app(plan: ServePlan, port: int, say: Callable[[str], None]) -> None:
    """Serves until SIGTERM or Ctrl-C; answers in hand are given to their end.

    Raises:
        StagecheckError: the address or the port cannot be used, or the token's file is wrong.
    """
    tell_plan(plan)
    with _listening(plan.host, port) as listener, stopped_by_signals():
        config = uvicorn.Config(
            APP,
            factory=True,
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=_ENDS_S,
        )
        config.load()
        where = f"[{plan.host}]" if ":" in plan.host else plan.host
        say(f"The app: http://{where}:{listener.getsockname()[1]}/ (Ctrl-C stops)")
        _Server(config).run(sockets=[listener])


class _Server(uvicorn.Server):
    """Tells the app that it ends before it waits for answers in hand."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Notes the signal."""
        ENDING.set()
        super().handle_exit(sig, frame)


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except (OSError, OverflowError) as error:
        raise StagecheckError(
            f"{host}:{port}: cannot listen here ({error}). Choose others with --host and --port."
        ) from error
