"""Sealed recordings: read like any other with the key, by nobody without it, lost never."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pyrage
import pytest

from core.sealing_settings import SealingSettings
from flow.sealing import seal_folder, sealing_keys, unseal
from ingest.arrival import scan_folder
from ingest.listing import mark_of
from models.sealed import (
    NO_KEYS,
    DamagedError,
    Keys,
    SealedError,
    clear_file,
    clear_sha256,
    make_key,
    read_keys,
    seal_in_place,
)
from models.vocabulary.errors import InvalidInputError, OutputError
from models.vocabulary.files import KnownFile, Mark
from tests.unit.transcribe.recorded_files import both_parties, wav
from transcribe.audio import load_audio

SOUND = wav(both_parties(rate=8000), 8000)
LATER_NS = 1 << 62


class Notes:
    """What scans found, kept in memory."""

    def __init__(self) -> None:
        self.files: dict[str, KnownFile] = {}

    def find(self, place: str, mark: Mark) -> KnownFile | None:
        file = self.files.get(place)
        return file if file is not None and file.mark == mark else None

    def learn(self, place: str, file: KnownFile) -> None:
        self.files[place] = file


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    make_key(tmp_path / "key")
    return read_keys(SealingSettings(key_file=tmp_path / "key"))


@pytest.fixture
def other_keys(tmp_path: Path) -> Keys:
    make_key(tmp_path / "other")
    return read_keys(SealingSettings(key_file=tmp_path / "other"))


@pytest.fixture
def call(tmp_path: Path) -> Path:
    path = tmp_path / "calls" / "call.wav"
    path.parent.mkdir()
    path.write_bytes(SOUND)
    os.utime(path, (1_000_000_000, 1_000_000_000))
    return path


def test_a_sealed_call_keeps_place_hash_time_and_sound(call: Path, keys: Keys) -> None:
    clear = load_audio([call])
    sealed = seal_in_place(call, keys)
    assert sealed.name == "call.wav.age"
    assert not call.exists()
    assert sealed.read_bytes().startswith(b"age-encryption.org/v1")
    assert SOUND[44:1044] not in sealed.read_bytes()
    (found,) = scan_folder(call.parent, keys).audio
    assert (found.path, str(found.place), found.size) == (sealed, "call.wav", len(SOUND))
    assert found.sha256 == hashlib.sha256(SOUND).hexdigest() == clear_sha256(sealed, keys)
    assert found.modified == 1_000_000_000
    audio = load_audio([sealed], keys=keys)
    assert (audio.samples == clear.samples).all()
    assert load_audio([call], keys=keys).channels == 2  # a path noted before it was sealed


def test_a_sealed_call_is_opened_once_to_know_it(call: Path, keys: Keys) -> None:
    sealed = seal_in_place(call, keys)
    notes = Notes()
    first = scan_folder(call.parent, keys, files=notes, clock_ns=lambda: LATER_NS)
    assert list(notes.files) == ["call.wav.age"]
    assert notes.files["call.wav.age"].mark == mark_of(sealed.stat())
    again = scan_folder(call.parent, NO_KEYS, files=notes)  # without keys none can be opened
    assert again.audio == first.audio
    assert [(str(one.place), one.size) for one in again.audio] == [("call.wav", len(SOUND))]


def test_a_sealed_call_that_still_comes_is_left_out(call: Path, keys: Keys) -> None:
    sealed = seal_in_place(call, keys)
    arrivals = scan_folder(call.parent, keys, whole={})
    assert [str(place) for place in arrivals.unfinished] == ["call.wav"]
    whole = {"call.wav.age": mark_of(sealed.stat())}
    assert len(scan_folder(call.parent, keys, whole=whole).audio) == 1


def test_clear_bytes_are_never_in_a_file(call: Path, keys: Keys) -> None:
    sealed = seal_in_place(call, keys)
    with clear_file(sealed, keys) as clear:
        assert clear.name == "call.wav"
        assert clear.is_symlink()
        assert "memfd:" in str(clear.readlink().readlink())
        assert clear.read_bytes() == SOUND
    assert not clear.parent.exists()


def test_wrong_and_missing_keys_are_told_in_one_sentence(
    call: Path, keys: Keys, other_keys: Keys
) -> None:
    sealed = seal_in_place(call, keys)
    with pytest.raises(SealedError, match="is sealed, and no key is set"):
        scan_folder(call.parent, NO_KEYS)
    with pytest.raises(SealedError, match="cannot be opened with the key"):
        load_audio([sealed], keys=other_keys)


def test_a_damaged_file_is_listed_and_stops_no_other(
    call: Path, keys: Keys, tmp_path: Path
) -> None:
    sealed = seal_in_place(call, keys)
    sealed.write_bytes(sealed.read_bytes()[:-10])
    with pytest.raises(DamagedError):
        clear_sha256(sealed, keys)
    with pytest.raises(InvalidInputError, match="is damaged"):
        unseal(sealed, tmp_path / "out.wav", keys)
    assert not list(tmp_path.glob("*out.wav*"))
    (call.parent / "next.wav").write_bytes(SOUND)
    arrivals = scan_folder(call.parent, keys)
    assert [str(one.place) for one in arrivals.audio] == ["next.wav"]
    assert [(one.recording, one.error) for one in arrivals.problems] == [("call.wav", "unreadable")]


def test_the_key_file_must_be_shut_whole_and_there(tmp_path: Path) -> None:
    key = tmp_path / "key"
    settings = SealingSettings(key_file=key)
    with pytest.raises(SealedError, match="cannot be read"):
        read_keys(settings)
    public = make_key(key)
    assert key.stat().st_mode & 0o777 == 0o600
    with pytest.raises(OutputError, match="is there already"):
        make_key(key)
    key.chmod(0o644)
    with pytest.raises(SealedError, match=f"chmod 600 {key}"):
        read_keys(settings)
    key.chmod(0o600)
    assert str(read_keys(settings).recipients[0]) == public
    key.write_text("# only a remark\n")
    with pytest.raises(SealedError, match="holds no age key"):
        read_keys(settings)
    key.write_text("password\n")
    with pytest.raises(SealedError, match="is no age key") as raised:
        read_keys(settings)
    assert "password" not in str(raised.value)
    make_key(tmp_path / "new")
    with pytest.raises(SealedError, match="is no public age key"):
        read_keys(SealingSettings(key_file=tmp_path / "new", also_for=("age1x",)))
    with pytest.raises(SealedError, match="needs `sealing"):
        read_keys(SealingSettings(also_for=(public,)))


def test_without_settings_nothing_is_sealed() -> None:
    assert not read_keys(SealingSettings()).seals


def test_an_owners_key_in_a_safe_opens_too(call: Path, tmp_path: Path) -> None:
    make_key(tmp_path / "key")
    owner = make_key(tmp_path / "safe")
    keys = read_keys(SealingSettings(key_file=tmp_path / "key", also_for=(owner,)))
    sealed = seal_in_place(call, keys)
    safe = read_keys(SealingSettings(key_file=tmp_path / "safe"))
    assert clear_sha256(sealed, safe) == hashlib.sha256(SOUND).hexdigest()


def test_a_new_key_above_the_old_one_seals_anew(call: Path, keys: Keys, tmp_path: Path) -> None:
    sealed = seal_in_place(call, keys)
    make_key(tmp_path / "new")
    both = tmp_path / "both"
    both.write_text((tmp_path / "new").read_text() + (tmp_path / "key").read_text())
    both.chmod(0o600)
    rotated = read_keys(SealingSettings(key_file=both))
    assert clear_sha256(sealed, rotated) == hashlib.sha256(SOUND).hexdigest()
    assert [one.problem for one in seal_folder(call.parent, rotated, again=True)] == [None]
    new = read_keys(SealingSettings(key_file=tmp_path / "new"))
    assert clear_sha256(sealed, new) == hashlib.sha256(SOUND).hexdigest()
    with pytest.raises(SealedError):
        clear_sha256(sealed, keys)


def test_another_call_of_the_same_name_is_kept_beside(call: Path, keys: Keys) -> None:
    seal_in_place(call, keys)
    call.write_bytes(SOUND + b"\0\0")
    second = seal_in_place(call, keys)
    assert second.name.startswith("call~")
    assert len({one.sha256 for one in scan_folder(call.parent, keys).audio}) == 2


def test_killed_between_sealing_and_removing_both_lie_there_and_count_once(
    call: Path, keys: Keys
) -> None:
    sealed = seal_in_place(call, keys)
    call.write_bytes(SOUND)
    (found,) = scan_folder(call.parent, keys).audio
    assert found.path == call
    assert [one.path for one in seal_folder(call.parent, keys)] == [sealed]
    assert [path.name for path in call.parent.iterdir()] == ["call.wav.age"]


def test_only_audio_is_sealed(call: Path, keys: Keys) -> None:
    for name in ("call.wav.json", "Master.csv", "late.wav.part"):
        (call.parent / name).write_text("{}")
    assert [one.path.name for one in seal_folder(call.parent, keys)] == ["call.wav.age"]
    left = {"call.wav.age", "call.wav.json", "Master.csv", "late.wav.part"}
    assert {path.name for path in call.parent.iterdir()} == left


def test_what_cannot_be_sealed_stops_no_other(call: Path, keys: Keys, other_keys: Keys) -> None:
    seal_in_place(call, other_keys)
    call.write_bytes(SOUND)
    (call.parent / "next.wav").write_bytes(SOUND)
    first, second = seal_folder(call.parent, keys)
    assert first.problem is not None
    assert "cannot be opened" in first.problem
    assert second.problem is None
    assert call.read_bytes() == SOUND


def test_the_key_must_not_lie_among_the_recordings(call: Path) -> None:
    with pytest.raises(SealedError, match="no key is set"):
        sealing_keys(SealingSettings(), call.parent)
    make_key(call.parent / "key")
    with pytest.raises(SealedError, match="lies among the recordings"):
        sealing_keys(SealingSettings(key_file=call.parent / "key"), call.parent)
    with pytest.raises(InvalidInputError, match="is no folder"):
        sealing_keys(SealingSettings(), call)


def test_unsealing_gives_the_same_bytes_to_a_new_file(
    call: Path, keys: Keys, other_keys: Keys, tmp_path: Path
) -> None:
    sealed = seal_in_place(call, keys)
    out = tmp_path / "out.wav"
    with pytest.raises(SealedError):
        unseal(sealed, out, other_keys)
    assert not list(tmp_path.glob(".out*"))
    unseal(sealed, out, keys)
    assert out.read_bytes() == SOUND
    assert out.stat().st_mode & 0o777 == 0o600
    with pytest.raises(OutputError, match="is there already"):
        unseal(sealed, out, keys)
    with pytest.raises(InvalidInputError, match="is no sealed recording"):
        unseal(out, tmp_path / "more.wav", keys)
    with pytest.raises(OutputError, match="cannot be written"):
        unseal(sealed, tmp_path / "nowhere" / "a.wav", keys)


def test_the_format_is_that_of_the_age_tool(call: Path, keys: Keys) -> None:
    sealed = seal_in_place(call, keys).read_bytes()
    assert sealed.split(b"\n")[1].startswith(b"-> X25519 ")
    assert pyrage.decrypt(sealed, list(keys.identities)) == SOUND
