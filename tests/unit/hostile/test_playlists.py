"""Files that ask FFmpeg to open others: no other file is opened and nobody is called."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import av
import pytest

from ingest.arrival import scan_folder
from models.vocabulary.errors import UnusableRecordingError
from tests.unit.hostile.canary import Canary, canary
from tests.unit.hostile.hostile_files import good, with_id3
from transcribe.audio import load_audio

HLS = "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{target}\n#EXT-X-ENDLIST\n"
CONCAT = "ffconcat version 1.0\nfile {target}\n"
SDP = "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio {port} RTP/AVP 0\n"
DASH = (
    '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" '
    'mediaPresentationDuration="PT9S"><Period><AdaptationSet mimeType="audio/mp4">'
    '<Representation id="1" bandwidth="9"><BaseURL>{target}</BaseURL></Representation>'
    "</AdaptationSet></Period></MPD>"
)
LISTS = {
    "HLS": HLS,
    "ffconcat": CONCAT,
    "SDP": SDP,
    "DASH": DASH,
    "M3U": "#EXTM3U\n{target}\n",
    "PLS": "[playlist]\nFile1={target}\nNumberOfEntries=1\n",
    "ASX": '<asx version="3.0"><entry><ref href="{target}"/></entry></asx>',
    "STRM": "{target}\n",
    "image sequence": "{target}%03d.png\n",
    "lavfi": "amovie={target}\n",
}
TARGETS = ("path", "relative", "file:", "http:", "concat:", "subfile:", "data:")


@pytest.fixture
def bird(tmp_path: Path) -> Iterator[Canary]:
    with canary(tmp_path) as one:
        yield one


def written(text: str, target: str, bird: Canary) -> str:
    meant = {
        "path": str(bird.path),
        "relative": bird.path.name,
        "file:": f"file:{bird.path}",
        "http:": bird.url,
        "concat:": f"concat:{bird.path}|{bird.path}",
        "subfile:": f"subfile,,start,0,end,999,,:{bird.path}",
        "data:": "data:audio/wav;base64,UklGRg==",
    }
    port = bird.url.split(":")[2].split("/")[0]
    return text.replace("{target}", meant[target]).replace("{port}", port)


def disguised(text: str) -> dict[str, bytes]:
    """The text as it is, no longer looking like text, and behind what FFmpeg skips."""
    plain = text.encode()
    return {
        "plain": plain,
        "with NULs": plain + bytes(500),
        "with control characters": plain + b"#" + b"\x01\x02\x03" * 400,
        "behind an ID3 tag": with_id3(10, plain),
        "behind an ID3 tag with NULs": with_id3(10, plain + bytes(500)),
    }


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("form", LISTS)
def test_a_list_of_other_files_opens_none(
    form: str, target: str, tmp_path: Path, bird: Canary
) -> None:
    for looks, content in disguised(written(LISTS[form], target, bird)).items():
        path = tmp_path / "call.wav"
        path.write_bytes(content)
        with pytest.raises(UnusableRecordingError) as refusal:
            load_audio([path])
        assert "call.wav" in refusal.value.detail, looks
        assert not bird.touched(), looks


@pytest.mark.parametrize("name", ["call.m3u8", "call.ffconcat", "call.sdp", "call.mp3", "call.sln"])
def test_the_name_opens_no_door(name: str, tmp_path: Path, bird: Canary) -> None:
    path = tmp_path / name
    path.write_bytes(disguised(written(HLS, "path", bird))["with NULs"])
    with contextlib.suppress(UnusableRecordingError):  # an .sln may be any bytes
        load_audio([path])
    assert not bird.touched()


def test_a_name_that_is_a_protocol_is_a_name(
    tmp_path: Path, bird: Canary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    odd = Path("concat:canary.wav|canary.wav")
    odd.write_bytes(good(tmp_path, "a.flac", "flac", "flac"))
    audio = load_audio([odd])
    assert audio.codec == "flac"
    assert not bird.touched()


def test_external_tracks_of_an_mp4_stay_closed(tmp_path: Path, bird: Canary) -> None:
    whole = good(tmp_path, "a.m4a", "alac", "mp4")
    assert b"url \x00\x00\x00\x01" in whole  # the track says: my data are in this file
    path = tmp_path / "call.m4a"
    path.write_bytes(whole.replace(b"url \x00\x00\x00\x01", b"alis\x00\x00\x00\x00"))
    with contextlib.suppress(UnusableRecordingError):
        load_audio([path])
    assert not bird.touched()


def test_the_folder_of_recordings_names_lists_as_text(tmp_path: Path, bird: Canary) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for form, text in LISTS.items():
        (folder / f"{form}.wav").write_text(written(text, "path", bird))
    arrivals = scan_folder(folder)
    assert not arrivals.audio
    assert {problem.error for problem in arrivals.problems} == {"not_audio"}
    assert not bird.touched()


@pytest.mark.parametrize(
    ("form", "target", "name"),
    [("ffconcat", "relative", "call.wav"), ("HLS", "path", "call.m3u8")],
    ids=["ffconcat", "HLS"],
)
def test_these_lists_do_work_where_nothing_stops_them(
    form: str, target: str, name: str, tmp_path: Path, bird: Canary
) -> None:
    """FFmpeg as it comes opens the canary: what the other tests hold off is real."""
    path = tmp_path / name
    path.write_bytes(disguised(written(LISTS[form], target, bird))["with NULs"])
    with contextlib.suppress(av.FFmpegError):
        av.open(str(path)).close()
    assert bird.touched()
