"""The drop-box with the clients that telephone systems use: each as its own program."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import paramiko
import pytest

from tests.integration.sftp_box import PASSWORD, Running, drop_box, make_account

NAME = "out-89161234567-101-20260812-101530-1786518930.42.wav"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    state = tmp_path_factory.mktemp("sftp") / "state"
    key = make_account(state)
    with drop_box(state, key) as running:
        yield running


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    path = tmp_path / NAME
    path.write_bytes(os.urandom(700_000))
    return path


def sftp(served: Running, *lines: str, fails: bool = False) -> str:
    done = subprocess.run(
        ["sftp", *served.options(), "-P", str(served.port), "-b", "-", "pbx@127.0.0.1"],
        check=False,
        input="\n".join(lines) + "\n",
        text=True,
        capture_output=True,
        timeout=60,
    )
    assert (done.returncode != 0) is fails, done.stdout + done.stderr
    return done.stdout + done.stderr


def arrives(served: Running, place: str, body: bytes) -> None:
    """The file is where the intake looks for it, whole, and nothing of it is left elsewhere."""
    until = time.monotonic() + 10
    while served.received().get(place) != body:
        assert time.monotonic() < until, sorted(served.received())
        time.sleep(0.02)
    assert not any(name.endswith(place) for name in served.receiving())


def test_openssh_sftp(served: Running, sound: Path) -> None:
    told = sftp(
        served, "mkdir one", f"put {sound} one/a.wav", "ls -l one", f"put -p {sound} one/b.wav"
    )
    assert "700000" in told
    arrives(served, "one/a.wav", sound.read_bytes())
    arrives(served, "one/b.wav", sound.read_bytes())
    modified = (served.box / "received" / "one" / "b.wav").stat().st_mtime
    assert int(modified) == int(sound.stat().st_mtime)


def test_openssh_sftp_to_a_temporary_name(served: Running, sound: Path) -> None:
    sftp(served, "mkdir two", f"put {sound} two/a.wav.part")
    served.wait_for("waits for its name")
    assert "two/a.wav.part" in served.receiving()
    sftp(served, "rename two/a.wav.part two/a.wav")
    arrives(served, "two/a.wav", sound.read_bytes())


def test_openssh_sftp_sends_a_tree(served: Running, sound: Path) -> None:
    tree = sound.parent / "2026" / "08"
    tree.mkdir(parents=True)
    (tree / NAME).write_bytes(sound.read_bytes())
    sftp(served, f"put -r {sound.parent / '2026'} /")
    arrives(served, f"2026/08/{NAME}", sound.read_bytes())


def test_openssh_scp(served: Running, sound: Path) -> None:
    where = f"pbx@127.0.0.1:/scp-{NAME}"
    scp = ["scp", *served.options(), "-P", str(served.port), str(sound), where]
    before = sound.read_bytes()
    for body in (before, b"shorter"):
        sound.write_bytes(body)
        done = subprocess.run(scp, check=False, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        arrives(served, f"scp-{NAME}", body)
    kept = [name for name, body in served.received().items() if body == before]
    assert any(name.startswith(f"scp-{NAME}.~") for name in kept)  # the first is not lost


def test_curl(served: Running, sound: Path) -> None:
    curl = ["curl", "-sS", "--insecure", "--key", str(served.key), "--pubkey", f"{served.key}.pub"]
    curl += ["-u", "pbx:", "-T", str(sound), "--ftp-create-dirs"]
    url = f"sftp://127.0.0.1:{served.port}/curl/2026"
    subprocess.run([*curl, f"{url}/a.wav"], check=True, timeout=60)
    arrives(served, "curl/2026/a.wav", sound.read_bytes())
    late = ["-Q", "-rename /curl/2026/b.wav.tmp /curl/2026/b.wav"]
    subprocess.run([*curl, *late, f"{url}/b.wav.tmp"], check=True, timeout=60)
    arrives(served, "curl/2026/b.wav", sound.read_bytes())


def lftp(served: Running, *commands: str) -> None:
    ssh = f"ssh -a -x {' '.join(served.options())}"
    before = [
        f'set sftp:connect-program "{ssh}"',
        "set net:max-retries 1",
        "set cmd:fail-exit true",
    ]
    opened = f"open -u pbx,none -p {served.port} sftp://127.0.0.1"
    done = subprocess.run(
        ["lftp", "--norc", "-c", "; ".join([*before, opened, *commands])],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_lftp(served: Running, sound: Path) -> None:
    lftp(served, "mkdir lftp", f"put {sound} -o lftp/a.wav")
    arrives(served, "lftp/a.wav", sound.read_bytes())
    lftp(served, "set xfer:use-temp-file true", f"put {sound} -o lftp/b.wav")
    arrives(served, "lftp/b.wav", sound.read_bytes())


def test_lftp_mirrors_only_what_is_new(served: Running, sound: Path) -> None:
    tree = sound.parent / "tree"
    (tree / "day").mkdir(parents=True)
    (tree / "day" / "a.wav").write_bytes(sound.read_bytes())
    lftp(served, f"mirror -R {tree} mirrored")
    arrives(served, "mirrored/day/a.wav", sound.read_bytes())
    before = len(served.audit("begun"))
    (tree / "day" / "b.wav").write_bytes(b"new")
    lftp(served, f"mirror -R {tree} mirrored")
    arrives(served, "mirrored/day/b.wav", b"new")
    assert [line["path"] for line in served.audit("begun")[before:]] == ["/mirrored/day/b.wav"]


def test_rclone(served: Running, sound: Path) -> None:
    remote = f":sftp,host=127.0.0.1,port={served.port},user=pbx,key_file={served.key},"
    remote += "shell_type=none,disable_concurrent_writes=true:rclone"
    tree = sound.parent / "for-rclone"
    tree.mkdir()
    (tree / "a.wav").write_bytes(sound.read_bytes())
    for _ in range(2):
        subprocess.run(
            ["rclone", "copy", "--config", "/dev/null", str(tree), remote],
            check=True,
            timeout=60,
            capture_output=True,
        )
    arrives(served, "rclone/a.wav", sound.read_bytes())
    assert sum(line["path"] == "/rclone/a.wav" for line in served.audit("received")) == 1


def test_paramiko_by_password(served: Running, sound: Path) -> None:
    with paramiko.Transport(("127.0.0.1", served.port)) as transport:
        transport.connect(username="pbx", password=PASSWORD)
        client = paramiko.SFTPClient.from_transport(transport)
        assert client is not None
        assert client.put(str(sound), "/paramiko.wav").st_size == 700_000  # it asks after closing
        with pytest.raises(PermissionError):
            client.open("/paramiko.wav")
        with pytest.raises(OSError):  # noqa: PT011 - paramiko has no other for it
            client.symlink("/paramiko.wav", "/link.wav")
    arrives(served, "paramiko.wav", sound.read_bytes())


def test_a_killed_client_leaves_a_half_that_can_be_continued(served: Running, sound: Path) -> None:
    body = os.urandom(40 << 20)
    sound.write_bytes(body)
    slow = ["sftp", "-l", "20000", *served.options(), "-P", str(served.port), "pbx@127.0.0.1"]
    with subprocess.Popen(
        slow, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    ) as sending:
        assert sending.stdin is not None
        sending.stdin.write(f"put {sound} killed.wav\n")
        sending.stdin.flush()
        until = time.monotonic() + 20
        while len(served.receiving().get("killed.wav", b"")) < 1 << 20:
            assert time.monotonic() < until
            time.sleep(0.05)
        os.kill(sending.pid, signal.SIGKILL)
        sending.wait(60)
    broken = [one["path"] for one in served.wait_for("broken off")]
    assert "/killed.wav" in broken
    half = served.receiving()["killed.wav"]
    assert "killed.wav" not in served.received()
    assert 0 < len(half) < len(body)
    sftp(served, f"reput {sound} killed.wav")
    arrives(served, "killed.wav", body)


def test_a_killed_drop_box_leaves_a_half_that_can_be_continued(tmp_path: Path) -> None:
    state, sound = tmp_path / "state", tmp_path / "a.wav"
    body = os.urandom(20 << 20)
    sound.write_bytes(body)
    key = make_account(state)
    with drop_box(state, key) as first:
        slow = ["sftp", "-l", "20000", *first.options(), "-P", str(first.port), "pbx@127.0.0.1"]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        with subprocess.Popen(slow, stdin=subprocess.PIPE, text=True, **quiet) as sending:  # type: ignore[call-overload]
            sending.stdin.write(f"put {sound} a.wav\n")
            sending.stdin.flush()
            until = time.monotonic() + 20
            while len(first.receiving().get("a.wav", b"")) < 1 << 20:
                assert time.monotonic() < until
                time.sleep(0.05)
            first.stop(signal.SIGKILL)
            sending.stdin.close()
            sending.wait(30)
        assert first.received() == {}
        assert body.startswith(first.receiving()["a.wav"])
    with drop_box(state, key) as second:
        sftp(second, f"reput {sound} a.wav")
        arrives(second, "a.wav", body)


def test_a_connection_that_is_reset_finishes_nothing(served: Running) -> None:
    line = socket.create_connection(("127.0.0.1", served.port))
    transport = paramiko.Transport(line)
    transport.connect(username="pbx", password=PASSWORD)
    client = paramiko.SFTPClient.from_transport(transport)
    assert client is not None
    half = client.open("/reset.wav", "w")
    half.write(b"half")
    half.flush()
    reset = b"\x01\x00\x00\x00\x00\x00\x00\x00"
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
    line.close()
    until = time.monotonic() + 20
    while not any(one["path"] == "/reset.wav" for one in served.audit("broken off")):
        assert time.monotonic() < until
        time.sleep(0.05)
    assert served.receiving()["reset.wav"] == b"half"
    assert "reset.wav" not in served.received()


@pytest.mark.parametrize(
    ("how", "last"), [("an end without closing", b""), ("a broken packet", b"\x00\x00\x00\x01\x06")]
)
def test_a_session_that_ends_before_its_files_finishes_none(
    served: Running, how: str, last: bytes
) -> None:
    names = [f"{how.replace(' ', '-')}-{number}.wav" for number in range(2)]
    with paramiko.Transport(("127.0.0.1", served.port)) as transport:
        transport.connect(username="pbx", password=PASSWORD)
        client = paramiko.SFTPClient.from_transport(transport)
        assert client is not None
        halves = [client.open(f"/{name}", "w") for name in names]  # a lost one is closed
        for half in halves:
            half.write(b"half")
            half.flush()
        channel = client.get_channel()
        assert channel is not None
        channel.sendall(last)
        channel.shutdown_write()
        until = time.monotonic() + 20
        while not {f"/{name}" for name in names} <= {
            line["path"] for line in served.audit("broken off")
        }:
            assert time.monotonic() < until
            time.sleep(0.05)
    for name in names:
        assert served.receiving()[name] == b"half"
        assert name not in served.received()


def test_there_is_no_shell_and_no_forwarding(served: Running) -> None:
    ssh = ["ssh", *served.options(), "-p", str(served.port), "pbx@127.0.0.1"]
    for one in ([*ssh, "id"], ssh):
        done = subprocess.run(one, check=False, input=b"id\n", capture_output=True, timeout=30)
        assert done.returncode != 0
        assert b"uid=" not in done.stdout
    with paramiko.Transport(("127.0.0.1", served.port)) as transport:
        transport.connect(username="pbx", password=PASSWORD)
        with pytest.raises(paramiko.SSHException):
            transport.open_channel("direct-tcpip", ("127.0.0.1", 22), ("127.0.0.1", 1))
        with pytest.raises(paramiko.SSHException):
            transport.request_port_forward("127.0.0.1", 0)
