"""The drop-box's accounts: kept privately, hashed, refused where they are wrong."""

from __future__ import annotations

from pathlib import Path

import asyncssh
import pytest

from flow.drop_box import keep_account, remove_account
from ingest.sftp.accounts import (
    Account,
    hashed,
    key_fits,
    password_fits,
    read_accounts,
    write_accounts,
)
from models.vocabulary.errors import InvalidInputError, OutputError

KEY = asyncssh.generate_private_key("ssh-ed25519")
PUBLIC = KEY.export_public_key().decode().strip()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "sftp" / "accounts.yaml"


@pytest.fixture
def public_key(tmp_path: Path) -> Path:
    path = tmp_path / "pbx.pub"
    path.write_text(PUBLIC)
    return path


def test_a_password_is_kept_hashed_in_a_private_file(file: Path) -> None:
    keep_account(file, "office", password="long enough")
    assert "long enough" not in file.read_text()
    assert "argon2id" in file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600
    account = read_accounts(file)["office"]
    assert password_fits(account, "long enough")
    assert not password_fits(account, "long enough ")


def test_nobody_and_an_account_by_key_alone_have_no_password() -> None:
    assert not password_fits(None, "anything at all")
    assert not password_fits(Account(name="office", keys=(PUBLIC,)), "anything at all")


def test_only_an_accounts_own_key_fits(file: Path, public_key: Path) -> None:
    account = keep_account(file, "office", keys=[public_key])
    assert key_fits(account, KEY.public_data)
    assert not key_fits(account, asyncssh.generate_private_key("ssh-ed25519").public_data)
    assert not key_fits(None, KEY.public_data)


def test_what_is_not_given_stays_as_it_was(file: Path, public_key: Path) -> None:
    keep_account(file, "office", keys=[public_key], password="long enough")
    keep_account(file, "office", networks=["10.0.0.0/8"])
    account = read_accounts(file)["office"]
    assert account.keys == (PUBLIC,)
    assert password_fits(account, "long enough")
    assert account.admits("10.1.2.3")
    assert not account.admits("192.168.0.1")
    assert not account.admits("unknown")


def test_an_account_is_removed_and_the_others_stay(file: Path) -> None:
    keep_account(file, "office", password="long enough")
    keep_account(file, "branch", password="long enough")
    remove_account(file, "office")
    assert list(read_accounts(file)) == ["branch"]
    with pytest.raises(InvalidInputError, match=r"no account.*branch"):
        remove_account(file, "office")


@pytest.mark.parametrize("name", ["", "Office", "a/b", "..", "a" * 33, "-a", "имя"])
def test_a_name_that_is_no_folders_name_is_refused(file: Path, name: str) -> None:
    with pytest.raises(InvalidInputError, match="small letters"):
        keep_account(file, name, password="long enough")


def test_a_short_password_and_no_way_in_are_refused(file: Path) -> None:
    with pytest.raises(InvalidInputError, match="10 characters"):
        keep_account(file, "office", password="short")
    with pytest.raises(InvalidInputError, match="no way to log in"):
        keep_account(file, "office")
    assert not file.exists()


def test_a_private_key_and_what_is_no_key_are_refused(file: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "key"
    for text, told in ((KEY.export_private_key().decode(), "private"), ("hello", "no public key")):
        wrong.write_text(text)
        with pytest.raises(InvalidInputError, match=told):
            keep_account(file, "office", keys=[wrong])


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("accounts: [", "no YAML"),
        ("accounts: [{name: a, password: plain-text}]", "argon2"),
        ("accounts: [{name: a, shell: /bin/sh}]", "Extra inputs"),
        ("accounts: [{name: a, networks: [everywhere]}]", "everywhere"),
        ("accounts: [{name: a, keys: [ssh-rsa AAAA]}]", "no public key"),
    ],
)
def test_a_wrong_file_is_told_of(file: Path, body: str, told: str) -> None:
    file.parent.mkdir()
    file.write_text(body)
    file.chmod(0o600)
    with pytest.raises(InvalidInputError, match=told):
        read_accounts(file)


def test_a_file_that_others_can_read_is_refused(file: Path) -> None:
    write_accounts(file, {"office": Account(name="office", password=hashed("long enough"))})
    file.chmod(0o644)
    with pytest.raises(InvalidInputError, match="chmod 600"):
        read_accounts(file)


def test_a_place_that_cannot_be_written_to_is_told_of(file: Path) -> None:
    file.parent.write_text("a file where the folder should be")
    with pytest.raises(OutputError, match="cannot be written"):
        write_accounts(file, {})


def test_a_half_written_file_never_replaces_the_old_one(file: Path) -> None:
    keep_account(file, "office", password="long enough")
    before = file.read_bytes()
    (file.parent / ".accounts.yaml.new").mkdir()
    with pytest.raises(OutputError):
        keep_account(file, "branch", password="long enough")
    assert file.read_bytes() == before
