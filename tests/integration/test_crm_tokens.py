"""The tokens of a CRM lie sealed, and of several processes one renews them."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, text

from core.crm_settings import CrmSettings
from crm.errors import CrmAwayError, CrmShutError
from crm.keeper import TokenKeeper
from models.crm_keys import crm_keys, open_tokens, seal_tokens
from models.sealed import SealedError, make_key
from models.session import open_database, reading, transaction
from models.store.connections import (
    add_connection,
    begin_renewal,
    change_connection,
    find_connection,
    load_connections,
    remove_connection,
    replace_tokens,
    sealed_tokens,
)
from models.vocabulary.crm import Account, CrmKind, Tokens

AT = datetime(2026, 10, 5, 9, tzinfo=UTC)
OLD = Tokens("old-access", "old-refresh", AT, "client", "hush", "https://we.example/oauth")
ACCOUNT = Account("Studio", "https://studio.amocrm.ru", "Europe/Moscow", "RUB", "Anna")


def connected(database: Engine, state: Path, name: str = "studio") -> TokenKeeper:
    keys = crm_keys(state, CrmSettings())
    with transaction(database) as session:
        made = add_connection(
            session,
            name=name,
            kind=CrmKind.AMOCRM,
            account=ACCOUNT,
            secrets=seal_tokens(keys, OLD),
            created_by="anna",
            now=AT,
        )
    return TokenKeeper(database, made.id, name, keys)


@contextmanager
def opened(url: str) -> Iterator[Engine]:
    database = open_database(url)
    try:
        yield database
    finally:
        database.dispose()


def renew(of: Tokens) -> Tokens:
    return Tokens("new-access", "new-refresh", AT + timedelta(days=1), of.client_id)


def test_tokens_come_back_whole_and_lie_in_no_row_in_clear(
    database_url: str, tmp_path: Path
) -> None:
    with opened(database_url) as database:
        keeper = connected(database, tmp_path)
        assert keeper.tokens() == OLD
        with database.connect() as rows:
            [row] = rows.execute(text("SELECT * FROM crm_connections"))
        assert not [one for one in row if isinstance(one, str) and ("old-" in one or "hush" in one)]
    assert (tmp_path / "crm.key").stat().st_mode & 0o077 == 0
    assert "old-access" not in repr(OLD)


def test_a_connection_is_found_changed_and_removed(database_url: str, tmp_path: Path) -> None:
    with opened(database_url) as database:
        keeper = connected(database, tmp_path)
        connected(database, tmp_path, "another")
        with transaction(database) as session:
            found = find_connection(session, "studio")
            assert found is not None
            assert (found.kind, found.account, found.source) == (
                CrmKind.AMOCRM,
                "Studio",
                "crm:studio",
            )
            assert not found.writes
            assert change_connection(session, found.id, writes=True, options={"notes": True})
            with pytest.raises(ValueError, match="secrets"):
                change_connection(session, found.id, secrets="x")
            changed = find_connection(session, "studio")
            assert changed is not None
            assert (changed.writes, changed.options) == (True, {"notes": True})
            assert [one.name for one in load_connections(session)] == ["another", "studio"]
            assert remove_connection(session, found.id)
            assert not remove_connection(session, found.id)
            assert find_connection(session, "studio") is None
        with pytest.raises(CrmShutError, match="studio: is not connected any more"):
            keeper.tokens()


def test_the_key_itself_may_come_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("first", "second"):
        make_key(tmp_path / name)
    first, second = (
        (tmp_path / name).read_text().split("\n")[1].strip() for name in ("first", "second")
    )
    one = crm_keys(tmp_path, CrmSettings(key=SecretStr(first)))
    sealed = seal_tokens(one, OLD)
    assert not (tmp_path / "crm.key").exists()
    # Changed for a new key, with the old one behind it.
    both = crm_keys(tmp_path, CrmSettings(key=SecretStr(f"{second}\n{first}")))
    assert open_tokens(both, sealed) == OLD
    alone = crm_keys(tmp_path, CrmSettings(key=SecretStr(second)))
    with pytest.raises(SealedError, match="stagecheck crm connect"):
        open_tokens(alone, sealed)
    assert open_tokens(alone, seal_tokens(both, OLD)) == OLD
    broken = crm_keys(tmp_path, CrmSettings(key=SecretStr("AGE-SECRET-KEY-1NONSENSE")))
    with pytest.raises(SealedError, match=r"`crm.key`: is no age key") as refused:
        seal_tokens(broken, OLD)
    assert "NONSENSE" not in str(refused.value)


def test_a_lost_key_says_how_to_go_on(tmp_path: Path) -> None:
    keys = crm_keys(tmp_path, CrmSettings())
    sealed = seal_tokens(keys, OLD)
    (tmp_path / "crm.key").chmod(0o644)
    with pytest.raises(SealedError, match=r"crm.key: .*open to others.*crm\.key_file"):
        open_tokens(keys, sealed)
    (tmp_path / "crm.key").unlink()
    with pytest.raises(SealedError, match=r"is missing"):
        open_tokens(keys, sealed)
    seal_tokens(keys, OLD)  # a new key was made meanwhile
    with pytest.raises(SealedError, match=r"does not open the tokens.*crm connect"):
        open_tokens(keys, sealed)


def _renew_in_process(url: str, state: Path, connection: int, told: Path, gate: object) -> None:
    with opened(url) as database:
        keeper = TokenKeeper(database, connection, "studio", crm_keys(state, CrmSettings()))

        def asked(of: Tokens) -> Tokens:
            with told.open("a") as file:
                file.write(f"{of.refresh}\n")
            threading.Event().wait(0.5)  # the CRM thinks; the others come meanwhile
            return renew(of)

        stale = keeper.tokens()
        gate.wait(60)  # type: ignore[attr-defined]
        fresh = keeper.renewed(stale, asked)
        with told.open("a") as file:
            file.write(f"{fresh.access}\n")


def test_of_three_processes_one_renews(database_url: str, tmp_path: Path) -> None:
    with opened(database_url) as database:
        keeper = connected(database, tmp_path)
        start = multiprocessing.get_context("spawn")
        gate, told = start.Barrier(3), tmp_path / "told"
        given = (database_url, tmp_path, keeper.connection, told, gate)
        processes = [start.Process(target=_renew_in_process, args=given) for _ in range(3)]
        for one in processes:
            one.start()
        try:
            for one in processes:
                one.join(120)
        finally:
            for one in processes:
                one.kill()
                one.join(30)
        assert sorted(told.read_text().split()) == ["new-access"] * 3 + ["old-refresh"]
        assert keeper.tokens().refresh == "new-refresh"


def test_the_turn_of_a_killed_process_ends(database_url: str, tmp_path: Path) -> None:
    with opened(database_url) as database:
        keeper = connected(database, tmp_path)
        with transaction(database) as session:
            known = sealed_tokens(session, keeper.connection)
            assert known is not None
            for who, at, taken in (
                ("killed", AT, True),
                ("other", AT + timedelta(seconds=80), False),
                ("other", AT + timedelta(seconds=90), True),
                ("a clock put back", AT - timedelta(days=1), True),
            ):
                began = begin_renewal(
                    session, keeper.connection, known=known, who=who, now=at, lease_s=90
                )
                assert began is taken, who
        later = TokenKeeper(
            database, keeper.connection, "studio", keeper.keys, clock=lambda: AT + timedelta(days=2)
        )
        assert later.renewed(OLD, renew).access == "new-access"


def test_who_waits_in_vain_is_told(database_url: str, tmp_path: Path) -> None:
    with opened(database_url) as database:
        keeper = connected(database, tmp_path)
        with transaction(database) as session:
            known = sealed_tokens(session, keeper.connection)
            assert known is not None
            begin_renewal(
                session, keeper.connection, known=known, who="other", now=AT, lease_s=3600
            )
        waits = TokenKeeper(
            database, keeper.connection, "studio", keeper.keys, lease_s=0.1, clock=lambda: AT
        )
        with pytest.raises(CrmAwayError, match="studio: another process renews the token"):
            waits.renewed(OLD, renew)


def test_what_the_crm_refuses_gives_the_turn_back(database_url: str, tmp_path: Path) -> None:
    with opened(database_url) as database:
        keeper = connected(database, tmp_path)

        def refused(_of: Tokens) -> Tokens:
            raise CrmShutError("studio: the refresh token is over.")

        with pytest.raises(CrmShutError, match="refresh token is over"):
            keeper.renewed(OLD, refused)
        assert keeper.tokens() == OLD
        assert keeper.renewed(OLD, renew).access == "new-access"


def test_tokens_that_somebody_gave_meanwhile_stay(database_url: str, tmp_path: Path) -> None:
    with opened(database_url) as database:
        keeper = connected(database, tmp_path)
        given = Tokens("given-by-hand")

        def slow(of: Tokens) -> Tokens:
            with transaction(database) as session:
                sealed = seal_tokens(keeper.keys, given)
                assert replace_tokens(session, keeper.connection, sealed, known=None)
            return renew(of)

        assert keeper.renewed(OLD, slow) == given
        with reading(database) as session:
            assert sealed_tokens(session, keeper.connection) is not None
        assert keeper.tokens() == given
