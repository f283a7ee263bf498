"""What strangers and broken clients try at the drop-box, each refused with no harm."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath

import asyncssh
import pytest
from asyncssh import FXF_APPEND, FXF_CREAT, FXF_TRUNC, FXF_WRITE, SFTPAttrs

from ingest.sftp.box import Box, Room
from tests.integration.sftp_box import PASSWORD, Running, drop_box, make_account

MB = 1 << 20
WRITE = FXF_WRITE | FXF_CREAT | FXF_TRUNC
Deed = Callable[[asyncssh.SFTPClient], Awaitable[object]]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    state = tmp_path_factory.mktemp("hostile") / "state"
    key = make_account(state)
    with drop_box(state, key, file_mb=2, files=500) as running:
        yield running


async def connected(served: Running, **how: object) -> asyncssh.SSHClientConnection:
    chosen = {"client_keys": [str(served.key)], "username": "pbx", "known_hosts": None} | how
    return await asyncssh.connect("127.0.0.1", served.port, config=None, agent_path=None, **chosen)


def session(served: Running, deed: Deed) -> object:
    answers: list[object] = []

    async def run() -> None:
        async with await connected(served) as connection, connection.start_sftp_client() as sftp:
            answers.append(await deed(sftp))

    asyncio.run(run())
    return answers[0]


async def write(sftp: asyncssh.SFTPClient, path: bytes, data: bytes = b"x", at: int = 0) -> None:
    handle = await sftp.open(path, WRITE, encoding=None)
    await handle.write(data, at)
    await handle.close()


async def append(sftp: asyncssh.SFTPClient, path: bytes) -> None:
    handle = await sftp.open(path, FXF_WRITE | FXF_CREAT | FXF_APPEND, encoding=None)
    await handle.write(b"x")


async def overwrite(sftp: asyncssh.SFTPClient, path: bytes, at: int) -> None:
    handle = await sftp.open(path, FXF_WRITE | FXF_CREAT, encoding=None)
    await handle.write(b"x", at)


def outside(served: Running) -> set[str]:
    """Every file around the box that the box is not."""
    files = served.state.parent.rglob("*")
    return {str(f) for f in files if f.is_file() and served.box not in f.parents}


REFUSED: dict[str, Deed] = {
    "above the root": lambda s: write(s, b"../../../../tmp/stagecheck-escaped.wav"),
    "an absolute path": lambda s: write(s, b"/etc/cron.d/stagecheck.wav"),
    "a folder that is not there": lambda s: write(s, b"no/such/folder.wav"),
    "backslashes": lambda s: write(s, b"..\\..\\a.wav"),
    "a zero byte": lambda s: write(s, b"a.wav\x00.exe"),
    "a new line": lambda s: write(s, b"a\n.wav"),
    "a terminal's escape": lambda s: write(s, b"\x1b]0;owned\x07.wav"),
    "a name too long": lambda s: write(s, b"a" * 300 + b".wav"),
    "a path too long": lambda s: s.mkdir(b"/".join([b"d" * 250] * 8)),
    "folders too deep": lambda s: s.makedirs(b"/".join([b"d"] * 40)),
    "one of our own names": lambda s: write(s, b"a.wav.~1786518930000000000"),
    "a program": lambda s: write(s, b"a.exe"),
    "a page": lambda s: write(s, b"index.html"),
    "a key": lambda s: write(s, b"authorized_keys"),
    "a name without an ending": lambda s: write(s, b"recording"),
    "the root itself": lambda s: write(s, b"/"),
    "a file far longer than it is": lambda s: write(s, b"gap.wav", at=4 << 30),
    "a file too large": lambda s: write(s, b"large.wav", b"x" * (3 * MB)),
    "reading": lambda s: s.open(b"kept.wav"),
    "reading and writing": lambda s: s.open(b"kept.wav", "r+"),
    "reading the accounts": lambda s: s.open(b"../../sftp/accounts.yaml"),
    "a copy on the server": lambda s: s.remote_copy(b"kept.wav", b"copy.wav"),
    "a symbolic link": lambda s: s.symlink(b"/etc/passwd", b"link.wav"),
    "a hard link": lambda s: s.link(b"kept.wav", b"link.wav"),
    "where a link leads": lambda s: s.readlink(b"kept.wav"),
    "a name of a program": lambda s: s.posix_rename(b"kept.wav", b"kept.exe"),
    "a rename out of the box": lambda s: s.posix_rename(b"kept.wav", b"../../kept/kept.wav"),
    "a rename of nothing": lambda s: s.posix_rename(b"none.wav", b"some.wav"),
    "a rename of a folder": lambda s: s.posix_rename(b"folder", b"other"),
    "a rename onto a folder": lambda s: s.posix_rename(b"kept.wav", b"folder.wav"),
    "more of what was taken": lambda s: append(s, b"taken.wav"),
    "a later block of what was taken": lambda s: overwrite(s, b"taken.wav", at=4),
    "a rename over another": lambda s: s.rename(b"kept.wav", b"kept.wav"),
    "growing without sending": lambda s: s.setstat(b"kept.wav", SFTPAttrs(size=1 << 40)),
    "cutting what was received": lambda s: s.setstat(b"kept.wav", SFTPAttrs(size=0)),
    "removing the root": lambda s: s.rmdir(b"/"),
    "removing a folder as a file": lambda s: s.remove(b"folder"),
    "removing a full folder": lambda s: s.rmdir(b"/folder"),
    "a folder over a file": lambda s: s.mkdir(b"kept.wav"),
    "a file in a file": lambda s: write(s, b"kept.wav/a.wav"),
    "a listing of nothing": lambda s: s.listdir(b"none"),
    "a listing above": lambda s: s.listdir(b"../../sftp"),
}


@pytest.fixture(scope="module")
def kept(served: Running) -> Running:
    async def prepare(sftp: asyncssh.SFTPClient) -> None:
        await sftp.mkdir(b"folder")
        await sftp.mkdir(b"folder.wav")
        await write(sftp, b"kept.wav", b"what was received before")
        await write(sftp, b"folder/kept.wav", b"and this")

    session(served, prepare)
    served.wait_for("received", 2)
    Box(served.box, Room(0, 0, 0)).taken(PurePosixPath("/taken.wav"), 5, 0)
    return served


@pytest.mark.parametrize("what", REFUSED)
def test_it_is_refused_and_does_no_harm(kept: Running, what: str) -> None:
    before = outside(kept)
    with pytest.raises((asyncssh.SFTPError, OSError)) as told:
        session(kept, REFUSED[what])
    assert "Uncaught" not in str(told.value)
    assert outside(kept) == before
    assert not Path("/tmp/stagecheck-escaped.wav").exists()  # noqa: S108 - nobody may make it
    received = kept.received()
    assert received["kept.wav"] == b"what was received before"
    assert received["folder/kept.wav"] == b"and this"
    assert not [path for path in kept.state.rglob("*") if path.is_symlink()]
    assert sum(f.stat().st_blocks for f in kept.box.rglob("*") if f.is_file()) < 10_000


def test_permissions_and_owners_stay_as_they_are(kept: Running) -> None:
    session(kept, lambda s: s.setstat(b"kept.wav", SFTPAttrs(permissions=0o4777, uid=0, gid=0)))
    assert (kept.box / "received" / "kept.wav").stat().st_mode & 0o7777 == 0o600


def test_an_empty_file_over_a_received_one_is_a_new_file(kept: Running) -> None:
    async def empty(sftp: asyncssh.SFTPClient) -> None:
        await write(sftp, b"emptied.wav", b"not lost")
        handle = await sftp.open(b"emptied.wav", FXF_WRITE | FXF_CREAT, encoding=None)
        await handle.setstat(SFTPAttrs(size=0))  # as scp sends a file of no bytes
        await handle.close()

    session(kept, empty)
    until = time.monotonic() + 10
    while kept.received().get("emptied.wav") != b"":
        assert time.monotonic() < until
        time.sleep(0.02)
    assert b"not lost" in kept.received().values()


def test_a_file_that_was_only_looked_at_stays_received(kept: Running) -> None:
    async def look(sftp: asyncssh.SFTPClient) -> None:
        handle = await sftp.open(b"kept.wav", FXF_WRITE | FXF_CREAT, encoding=None)
        await handle.setstat(SFTPAttrs(atime=1, mtime=1))
        await handle.close()

    session(kept, look)
    assert kept.received()["kept.wav"] == b"what was received before"


def test_a_disk_that_fills_up_breaks_the_file_and_not_the_service(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with drop_box(state, make_account(state), file_limit=3 * MB) as served:

        async def fill(sftp: asyncssh.SFTPClient) -> None:
            handle = await sftp.open(b"large.wav", WRITE, encoding=None)
            with pytest.raises(asyncssh.SFTPError):
                await handle.write(b"x" * 8 * MB, 0)
            with suppress(asyncssh.SFTPError):
                await handle.close()
            await write(sftp, b"small.wav")

        session(served, fill)
        served.wait_for("received")
        assert served.received() == {"small.wav": b"x"}
        assert len(served.receiving()["large.wav"]) <= 3 * MB
        assert served.audit("broken off")


def test_an_audit_that_cannot_be_written_stops_no_upload(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with drop_box(state, make_account(state)) as served:
        (state / "sftp" / "audit.jsonl").mkdir()
        session(served, lambda s: write(s, b"a.wav"))
        until = time.monotonic() + 10
        while served.received() != {"a.wav": b"x"}:
            assert time.monotonic() < until
            time.sleep(0.02)


def test_a_failed_write_finishes_nothing(kept: Running) -> None:
    async def overflow(sftp: asyncssh.SFTPClient) -> None:
        handle = await sftp.open(b"overflow.wav", WRITE, encoding=None)
        await handle.write(b"x" * MB, 0)
        with pytest.raises(asyncssh.SFTPError):
            await handle.write(b"x" * MB * 2, MB)
        await handle.close()

    session(kept, overflow)
    kept.wait_for("broken off")
    assert "overflow.wav" not in kept.received()
    assert len(kept.receiving()["overflow.wav"]) == MB


def test_one_file_is_written_by_one_connection(kept: Running) -> None:
    async def twice() -> None:
        async with (
            await connected(kept) as one,
            await connected(kept) as other,
            one.start_sftp_client() as first,
            other.start_sftp_client() as second,
        ):
            handle = await first.open(b"shared.wav", WRITE, encoding=None)
            with pytest.raises(asyncssh.SFTPPermissionDenied):
                await second.open(b"shared.wav", WRITE, encoding=None)
            await handle.write(b"first", 0)
            await handle.close()

    asyncio.run(twice())
    until = time.monotonic() + 10
    while kept.received().get("shared.wav") != b"first":
        assert time.monotonic() < until
        time.sleep(0.02)


def test_a_box_that_is_full_says_so(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with drop_box(state, make_account(state), files=2) as served:

        async def fill(sftp: asyncssh.SFTPClient) -> None:
            for number in range(2):
                await write(sftp, b"%d.wav" % number)
            with pytest.raises(asyncssh.SFTPError, match="2 files"):
                await write(sftp, b"2.wav")

        session(served, fill)
        assert sorted(served.received()) == ["0.wav", "1.wav"]


def test_guessing_is_stopped_and_the_telephone_system_is_not(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with drop_box(state, make_account(state), tries=3) as served:

        async def guess(password: str, name: str = "pbx") -> bool:
            try:
                async with await connected(
                    served, client_keys=None, username=name, password=password
                ):
                    pass
            except (asyncssh.Error, OSError):
                return False
            return True

        assert asyncio.run(guess(PASSWORD))
        for number in range(3):
            assert not asyncio.run(guess(f"wrong {number}", "root"))
        assert not asyncio.run(guess(PASSWORD))  # the address waits, whatever it says
        refused = served.audit("log-in refused")
        assert refused[-1]["banned"] is True
        assert PASSWORD not in (state / "sftp" / "audit.jsonl").read_text()
        assert served.audit("turned away")


def test_an_account_is_bound_to_its_networks(tmp_path: Path) -> None:
    state = tmp_path / "state"
    key = make_account(state, "--network", "10.0.0.0/8")
    with drop_box(state, key) as served, pytest.raises(asyncssh.PermissionDenied):
        session(served, lambda s: s.listdir(b"/"))


def test_one_account_sees_nothing_of_another(tmp_path: Path) -> None:
    state = tmp_path / "state"
    key = make_account(state)
    other = make_account(state, name="branch")
    with drop_box(state, key) as served:
        session(served, lambda s: write(s, b"ours.wav"))
        served.key = other

        async def names() -> list[str]:
            async with (
                await connected(served, username="branch") as connection,
                connection.start_sftp_client() as sftp,
            ):
                listed = await sftp.listdir("/")
            return [str(name) for name in listed]

        assert sorted(asyncio.run(names())) == [".", ".."]


def test_host_keys_are_kept_over_a_restart(tmp_path: Path) -> None:
    state = tmp_path / "state"
    key = make_account(state)
    seen = []
    for _ in range(2):
        with drop_box(state, key) as served:

            async def host_key(running: Running = served) -> bytes:
                async with await connected(running) as connection:
                    key = connection.get_server_host_key()
                assert key is not None
                return key.public_data

            seen.append(asyncio.run(host_key()))
            assert served.stop() == 0
    assert seen[0] == seen[1]
    assert (state / "sftp" / "keys" / "ssh_host_ed25519_key").stat().st_mode & 0o777 == 0o600


def test_noise_instead_of_ssh_does_not_stop_the_service(served: Running) -> None:
    async def noise() -> None:
        for body in (
            b"",
            b"GET / HTTP/1.1\r\n\r\n",
            os.urandom(2000),
            b"SSH-2.0-x\r\n" + b"\xff" * 5000,
        ):
            reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
            writer.write(body)
            await writer.drain()
            writer.close()
            await writer.wait_closed()
            del reader

    asyncio.run(noise())
    assert session(served, lambda s: s.listdir(b"/"))
