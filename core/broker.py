"""What lies in the broker: how many messages wait for workers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

PREFIX = "stagecheck:"
_PATIENCE_S = 3


class BrokerError(Exception):
    """The broker cannot be reached."""


def queue_lengths(address: str, queues: Iterable[str]) -> Mapping[str, int]:
    """Gives how many messages lie in each queue.

    Raises:
        BrokerError: it cannot be told now.
    """
    from redis import Redis
    from redis.exceptions import RedisError

    try:
        with Redis.from_url(
            address, socket_timeout=_PATIENCE_S, socket_connect_timeout=_PATIENCE_S
        ) as broker:
            return {queue: int(str(broker.llen(PREFIX + queue))) for queue in queues}
    except (RedisError, OSError, ValueError) as error:
        raise BrokerError(type(error).__name__) from error
