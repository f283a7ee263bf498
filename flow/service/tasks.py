"""Celery on Redis: the bell of workers on several machines, and what such a worker does."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from typing import Any

from celery import Celery
from celery.signals import worker_process_init, worker_process_shutdown
from kombu import Exchange, Queue
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from core.broker import PREFIX, BrokerError, queue_lengths
from flow.service.bells import ring_waiting
from flow.service.working import do_job
from flow.service.workplace import Workplace
from models.vocabulary.errors import StagecheckError
from models.vocabulary.work import Lane

_TASK = "stagecheck.work"
_VISIBLE_S = 6 * 3600  # a bell is rung anew after that; its job is claimed or done by then


class CeleryBell:
    """Rings through Redis."""

    def __init__(self, broker: str) -> None:
        self._broker, self._app = broker, celery_app(broker)

    def ring(self, lane: Lane, jobs: Sequence[int]) -> None:
        """Puts one message for each job into the lane's queue: its id and nothing else."""
        try:
            with self._app.producer_pool.acquire(block=True) as producer:
                for job in jobs:
                    self._app.send_task(
                        _TASK, args=[job], queue=lane.value, producer=producer, retry=False
                    )
        except (OperationalError, RedisError, OSError) as error:
            raise BrokerError(type(error).__name__) from error

    def unheard(self) -> Mapping[Lane, int]:
        """The length of each lane's queue."""
        lengths = queue_lengths(self._broker, [lane.value for lane in Lane])
        return {lane: lengths[lane.value] for lane in Lane}


def celery_app(broker: str) -> Celery:
    """A Celery that loses nothing with a worker: acknowledged late, one message at a time."""
    app = Celery("stagecheck", broker=broker)
    app.conf.update(
        task_queues=[Queue(lane.value, Exchange(lane.value), lane.value) for lane in Lane],
        task_default_queue=Lane.BACKLOG.value,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_ignore_result=True,
        task_serializer="json",
        accept_content=["json"],
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options={
            "global_keyprefix": PREFIX,
            "visibility_timeout": _VISIBLE_S,
            # Whoever is free looks into the first queue first: today's calls.
            "queue_order_strategy": "priority",
            "socket_timeout": 10,
            "socket_connect_timeout": 5,
        },
    )
    return app


def serve_as_celery(
    broker: str,
    open_place: Callable[[], AbstractContextManager[Workplace]],
    *,
    lanes: Sequence[Lane],
    processes: int,
) -> None:
    """Works until SIGTERM, and then to the end of the jobs in hand.

    Args:
        broker: where the bells are.
        open_place: makes what one process works with; called once in each.
        lanes: which jobs are taken, the most urgent first.
        processes: how many at once, each with a speech model of its own.
    """
    app = celery_app(broker)
    places: list[Workplace] = []
    bells: list[CeleryBell] = []
    opened = ExitStack()

    @worker_process_init.connect(weak=False)
    def begin(**_: Any) -> None:
        places.append(opened.enter_context(open_place()))
        bells.append(CeleryBell(broker))

    @app.task(name=_TASK)
    def work(job: int) -> None:
        [place], [bell] = places, bells
        try:
            if do_job(place, job, f"{socket.gethostname()}:{os.getpid()}"):
                ring_waiting(place.database, bell)
        except StagecheckError:
            # The row says how far it came; without a database there is nothing to be done here.
            return

    @worker_process_shutdown.connect(weak=False)
    def end(**_: Any) -> None:
        opened.close()

    worker = app.Worker(
        queues=[lane.value for lane in lanes],
        concurrency=processes,
        hostname=f"stagecheck-{os.getpid()}@{socket.gethostname()}",
        loglevel="WARNING",
        quiet=True,
        without_gossip=True,
        without_mingle=True,
    )
    worker.start()
