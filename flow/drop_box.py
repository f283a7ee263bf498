"""`stagecheck sftp`: runs the drop-box, and keeps its accounts."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from pydantic import ValidationError

from core.sftp_settings import SftpSettings
from ingest.kinds import AUDIO_EXTENSIONS
from ingest.sftp.accounts import Account, hashed, read_accounts, write_accounts
from ingest.sftp.box import Room
from ingest.sftp.door import serve
from ingest.sftp.plan import DropBoxPlan, inbox_of
from ingest.sftp.throttle import Patience
from models.vocabulary.errors import InvalidInputError

MB = 1 << 20
MOST_PROCESSES = 4  # unless the settings ask for more
BESIDE = frozenset({".json", ".csv", ".txt"})  # what recordings come with; probes of clients


def accounts_file(state: Path) -> Path:
    """The file with the drop-box's accounts."""
    return state / "sftp" / "accounts.yaml"


def drop_box_plan(state: Path, settings: SftpSettings) -> DropBoxPlan:
    """What the settings come to, in a state folder."""
    return DropBoxPlan(
        folder=inbox_of(state, settings),
        accounts=accounts_file(state),
        keys=state / "sftp" / "keys",
        audit=state / "sftp" / "audit.jsonl",
        host=settings.host,
        port=settings.port,
        room=Room(settings.file_mb * MB, settings.files, settings.free_mb * MB),
        suffixes=_suffixes(settings),
        patience=Patience(
            tries=settings.tries,
            window_s=settings.tries_minutes * 60,
            ban_s=settings.ban_minutes * 60,
            connections=settings.connections_per_address,
        ),
        most_connections=settings.connections,
        processes=settings.processes or min(MOST_PROCESSES, len(os.sched_getaffinity(0))),
    )


def _suffixes(settings: SftpSettings) -> frozenset[str]:
    more = (f".{one.lstrip('.').casefold()}" for one in settings.more_suffixes)
    return AUDIO_EXTENSIONS | BESIDE | frozenset(more)


def serve_drop_box(plan: DropBoxPlan, say: Callable[[str], None]) -> None:
    """Serves until the process is told to stop (Ctrl-C, SIGTERM).

    Raises:
        StagecheckError: the accounts or host keys are wrong, or the port is taken.
    """

    def listening(port: int) -> None:
        say(f"The drop-box listens on {plan.host}:{port} (Ctrl-C stops)")
        names = sorted(read_accounts(plan.accounts))
        if names:
            say(f"Accounts: {', '.join(names)}")
        else:
            say("There is no account yet: `stagecheck sftp-account NAME --key FILE` makes one.")

    serve(plan, listening)


def keep_account(
    file: Path,
    name: str,
    *,
    keys: Sequence[Path] = (),
    password: str | None = None,
    networks: Sequence[str] = (),
) -> Account:
    """Makes an account or changes what is given of one; a running drop-box sees it at once.

    Raises:
        StagecheckError: the name, a key, a network or the password is wrong, or nothing is given.
    """
    accounts = read_accounts(file)
    known = accounts.get(name)
    if known is None and not (keys or password):
        raise InvalidInputError(
            name, "would have no way to log in", "Give a --key or a --password."
        )
    body: dict[str, object] = known.model_dump() if known is not None else {"name": name}
    if keys:
        body["keys"] = tuple(_public_key(one) for one in keys)
    if password is not None:
        body["password"] = hashed(password)
    if networks:
        body["networks"] = tuple(networks)
    try:
        account = Account.model_validate(body)
    except ValidationError as error:
        raise InvalidInputError(name, error.errors()[0]["msg"], "Correct it.") from error
    write_accounts(file, {**accounts, name: account})
    return account


def remove_account(file: Path, name: str) -> None:
    """Takes an account away; what it uploaded stays.

    Raises:
        StagecheckError: there is none of this name.
    """
    accounts = read_accounts(file)
    if name not in accounts:
        known = ", ".join(sorted(accounts)) or "none yet"
        raise InvalidInputError(name, "is no account of the drop-box", f"Known: {known}.")
    write_accounts(file, {other: one for other, one in accounts.items() if other != name})


def _public_key(path: Path) -> str:
    try:
        text = path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInputError(str(path), "cannot be read", "Name a public key file.") from error
    if "PRIVATE" in text:
        raise InvalidInputError(
            str(path), "is a private key, which never leaves its owner", "Give the .pub file."
        )
    return text
