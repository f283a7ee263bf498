"""What a client's path means inside its box, and which names are refused."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as some

from ingest.sftp.names import BadNameError, as_bytes, is_allowed, is_temporary, place_of

SOUND = frozenset({".wav", ".mp3"})


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        (b"", "/"),
        (b".", "/"),
        (b"a.wav", "/a.wav"),
        (b"/2026/08/12/a.wav", "/2026/08/12/a.wav"),
        (b"2026//08/./a.wav", "/2026/08/a.wav"),
        (b"2026/../a.wav", "/a.wav"),
        (b"../../../etc/passwd", "/etc/passwd"),
        (b"/../..", "/"),
        ("запись 1.wav".encode(), "/запись 1.wav"),
    ],
)
def test_a_path_is_settled_below_the_root(sent: bytes, meant: str) -> None:
    assert place_of(sent) == PurePosixPath(meant)


@pytest.mark.parametrize(
    "sent",
    [
        b"a\x00.wav",
        b"a\n.wav",
        b"a\x1b[2J.wav",
        b"a\x7f.wav",
        b"..\\..\\a.wav",
        b"x" * 256 + b".wav",
        b"/".join([b"d"] * 17),
        b"/".join([b"d" * 200] * 6),
        b"a.wav.~1786518930000000000",
    ],
)
def test_a_bad_name_is_refused(sent: bytes) -> None:
    with pytest.raises(BadNameError):
        place_of(sent)


def test_a_name_in_another_encoding_comes_back_as_it_was() -> None:
    sent = "запись.wav".encode("cp1251")
    assert as_bytes(place_of(sent)) == b"/" + sent


@given(some.binary(max_size=300))
def test_no_path_leads_out(sent: bytes) -> None:
    try:
        place = place_of(sent)
    except BadNameError:
        return
    assert place.is_absolute()
    assert ".." not in place.parts
    assert place_of(as_bytes(place)) == place


@pytest.mark.parametrize(
    ("name", "temporary", "allowed"),
    [
        ("a.wav", False, True),
        ("A.WAV", False, True),
        ("a.exe", False, False),
        ("a", False, False),
        ("a.wav.filepart", True, True),
        (".in.a.wav", True, True),
        (".a.wav.Xy12Zq", True, True),
        ("a.wav.ocTransferId12.part", True, True),
    ],
)
def test_temporary_names_wait_and_strange_kinds_are_refused(
    name: str, *, temporary: bool, allowed: bool
) -> None:
    place = PurePosixPath("/", name)
    assert is_temporary(place) is temporary
    assert is_allowed(place, SOUND) is allowed
