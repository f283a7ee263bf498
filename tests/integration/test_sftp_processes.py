"""The drop-box as several processes: what they share, and what becomes of all when one dies."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
from collections.abc import Iterator
from contextlib import AsyncExitStack, ExitStack, suppress
from pathlib import Path

import asyncssh
import pytest
from asyncssh import FXF_CREAT, FXF_TRUNC, FXF_WRITE

from tests.integration.sftp_box import PASSWORD, Running, drop_box, make_account, until

MB = 1 << 20
WRITE = FXF_WRITE | FXF_CREAT | FXF_TRUNC


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Running]:
    state = tmp_path / "state"
    with drop_box(state, make_account(state), processes=2, tries=3) as running:
        until(lambda: len(running.desks()) == 2)
        yield running


async def connected(served: Running, **how: object) -> asyncssh.SSHClientConnection:
    chosen = {"client_keys": [str(served.key)], "username": "pbx", "known_hosts": None} | how
    return await asyncssh.connect("127.0.0.1", served.port, config=None, agent_path=None, **chosen)


def connections_of(process: int) -> int:
    """How many connections of clients a process serves."""
    peers = Path(f"/proc/{process}/net/tcp").read_text().splitlines()
    inodes = {f"socket:[{line.split()[9]}]" for line in peers[1:]}
    return sum(1 for file in Path(f"/proc/{process}/fd").iterdir() if _target(file) in inodes)


def _target(file: Path) -> str:
    with suppress(FileNotFoundError):
        return str(file.readlink())
    return ""


def is_gone(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return True
    return state == "Z"  # dead, and nobody asked for its status yet


def memory_mb(processes: list[int]) -> float:
    """What processes hold together; what they share counts once."""
    rolled = (Path(f"/proc/{one}/smaps_rollup").read_text() for one in processes)
    shares = (re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE) for text in rolled)
    return sum(int(share[1]) for share in shares if share) / 1024


def test_connections_are_spread_evenly(served: Running) -> None:
    async def many() -> list[int]:
        async with AsyncExitStack() as lines:
            for _ in range(4):
                await lines.enter_async_context(await connected(served))
            return [connections_of(desk) for desk in served.desks()]

    assert asyncio.run(many()) == [2, 2]


def test_a_file_is_written_by_one_process(served: Running) -> None:
    async def twice() -> None:
        async with (
            await connected(served) as one,
            await connected(served) as other,
            one.start_sftp_client() as first,
            other.start_sftp_client() as second,
        ):
            assert [connections_of(desk) for desk in served.desks()] == [1, 1]
            handle = await first.open(b"shared.wav", WRITE, encoding=None)
            await handle.write(b"first", 0)
            with pytest.raises(asyncssh.SFTPPermissionDenied):
                await second.open(b"shared.wav", WRITE, encoding=None)
            with pytest.raises(asyncssh.SFTPPermissionDenied):
                await second.posix_rename(b"shared.wav", b"stolen.wav")
            async with second.open(b"own.wav", WRITE, encoding=None) as own:
                await own.write(b"own", 0)
            with pytest.raises(asyncssh.SFTPPermissionDenied):
                await second.posix_rename(b"own.wav", b"shared.wav")
            await handle.close()
            assert served.received() == {"shared.wav": b"first", "own.wav": b"own"}
            async with second.open(b"shared.wav", WRITE, encoding=None) as again:
                await again.write(b"second", 0)

    asyncio.run(twice())
    assert served.received()["shared.wav"] == b"second"
    assert b"first" in served.received().values()


def test_a_ban_holds_in_all_processes(served: Running) -> None:
    async def guess() -> None:
        with pytest.raises((asyncssh.Error, OSError)):
            await connected(served, client_keys=None, password="wrong guess")

    with ExitStack() as open_lines:
        used: list[list[int]] = []
        for _ in range(3):
            asyncio.run(guess())
            until(lambda: sum(map(connections_of, served.desks())) == len(used))
            line = socket.create_connection(("127.0.0.1", served.port))  # the next goes elsewhere
            open_lines.enter_context(line)
            with suppress(ConnectionError):
                line.recv(100)
            used.append([connections_of(desk) for desk in served.desks()])
        assert used[:2] == [[1, 0], [1, 1]]  # the first guess went to one, the second to the other
        with pytest.raises((asyncssh.Error, OSError)):
            asyncio.run(connected(served, client_keys=None, password=PASSWORD))
    assert served.audit("log-in refused")[-1]["banned"] is True
    assert served.audit("turned away")


def test_a_killed_process_is_replaced_while_the_other_goes_on(served: Running) -> None:
    async def go_on() -> None:
        async with await connected(served) as one, one.start_sftp_client() as first:
            half = await first.open(b"half.wav", WRITE, encoding=None)
            await half.write(b"h" * MB, 0)
            victim = next(desk for desk in served.desks() if connections_of(desk))
            async with await connected(served) as other, other.start_sftp_client() as second:
                whole = await second.open(b"whole.wav", WRITE, encoding=None)
                await whole.write(b"w" * MB, 0)
                os.kill(victim, signal.SIGKILL)
                with pytest.raises((asyncssh.Error, OSError)):
                    await half.write(b"h" * MB, MB)
                await whole.write(b"w" * MB, MB)
                await whole.close()
                until(lambda: len(served.desks()) == 2)
                assert victim not in served.desks()
                async with await connected(served) as again, again.start_sftp_client() as third:
                    rest = await third.open(b"half.wav", FXF_WRITE, encoding=None)
                    await rest.write(b"h" * MB, MB)
                    await rest.close()

    asyncio.run(go_on())
    assert served.received() == {"whole.wav": b"w" * 2 * MB, "half.wav": b"h" * 2 * MB}
    (died,) = served.audit("process died")
    assert died["status"] == -signal.SIGKILL
    assert died["lost"] == 1


async def refused_soon(upload: asyncssh.SFTPClientFile) -> None:
    """Writes on until nobody answers: a desk learns that the listener died only a moment later."""

    async def write_on() -> None:
        while True:
            await upload.write(b"more", 4)

    async with asyncio.timeout(10):
        with pytest.raises((asyncssh.Error, OSError)):
            await write_on()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_process_outlives_the_one_that_listens(served: Running, how: signal.Signals) -> None:
    desks = served.desks()

    async def upload() -> None:
        async with await connected(served) as one, one.start_sftp_client() as sftp:
            half = await sftp.open(b"half.wav", WRITE, encoding=None)
            await half.write(b"half", 0)
            assert served.stop(how) == (-how if how is signal.SIGKILL else 0)
            await refused_soon(half)

    asyncio.run(upload())
    until(lambda: all(map(is_gone, desks)))
    assert served.received() == {}
    assert not served.audit("process died")


def test_what_a_client_was_told_is_closed_survives_a_kill(served: Running) -> None:
    async def upload() -> None:
        async with await connected(served) as one, one.start_sftp_client() as sftp:
            handle = await sftp.open(b"closed.wav", WRITE, encoding=None)
            await handle.write(b"closed", 0)
            await handle.close()
            for desk in served.desks():
                os.kill(desk, signal.SIGKILL)

    with suppress(asyncssh.Error, OSError):
        asyncio.run(upload())
    assert served.received() == {"closed.wav": b"closed"}


def test_all_processes_together_stay_small(served: Running) -> None:
    async def upload(number: int) -> float:
        async with await connected(served) as one, one.start_sftp_client() as sftp:
            handle = await sftp.open(b"%d.wav" % number, WRITE, encoding=None)
            for at in range(0, 8 * MB, MB):
                await handle.write(bytes(MB), at)
            held = memory_mb([served.process.pid, *served.desks()])
            await handle.close()
        return held

    async def all_at_once() -> list[float]:
        return await asyncio.gather(*(upload(number) for number in range(20)))

    assert max(asyncio.run(all_at_once())) < 200
    assert len(served.received()) == 20
