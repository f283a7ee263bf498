"""Weights come from a checked folder; anything else is refused with the remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.speech_settings import SpeechSettings
from transcribe import weights
from transcribe.weights import (
    PACKAGED_SHA256,
    WeightsError,
    cache_folder,
    find_weights,
    packaged_base,
)
from transcribe.whisper import transcriber_identity


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("weights")


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    weights._hub_answers.cache_clear()


def test_the_packaged_parts_are_joined_once(store: Path) -> None:
    speech = SpeechSettings(weights_folder=store)
    found = packaged_base(speech)
    assert {path.name for path in found.folder.iterdir()} == {*PACKAGED_SHA256, "verified"}
    before = (found.folder / "model.bin").stat().st_mtime_ns
    assert packaged_base(speech) == found
    assert (found.folder / "model.bin").stat().st_mtime_ns == before
    assert [path.name for path in store.iterdir()] == [found.folder.name]


def test_damaged_weights_are_joined_anew(store: Path) -> None:
    speech = SpeechSettings(weights_folder=store)
    tokens = packaged_base(speech).folder / "tokenizer.json"
    tokens.write_text("{}")
    packaged_base(speech)
    assert tokens.stat().st_size > 1000


def test_foreign_parts_are_refused(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(weights.PACKAGED_SHA256, "config.json", "0" * 64)
    with pytest.raises(WeightsError, match=r"config\.json has SHA-256"):
        packaged_base(SpeechSettings(weights_folder=tmp_path))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("offline")
def test_auto_falls_back_to_the_packaged_base_and_says_so(
    store: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(weights, "_cached", lambda *_: None)
    found = find_weights(SpeechSettings(weights_folder=store))
    assert found.name == "base"
    assert "one word in six" in found.warnings[0].lower()


@pytest.mark.usefixtures("offline")
def test_a_named_model_that_cannot_be_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weights, "_cached", lambda *_: None)
    with pytest.raises(WeightsError, match="`medium` is not on this machine"):
        find_weights(SpeechSettings(model="medium", weights_folder=tmp_path))


def test_a_model_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="`enormous` is no speech model"):
        find_weights(SpeechSettings(model="enormous", weights_folder=tmp_path))


def test_a_folder_without_weights(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"model\.bin and config\.json missing"):
        find_weights(SpeechSettings(model=str(tmp_path)))


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="no such folder"):
        find_weights(SpeechSettings(model=str(tmp_path / "gone")))


def test_the_cache_folder_follows_settings_then_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder(SpeechSettings()) == tmp_path / "stagecheck"
    assert cache_folder(SpeechSettings(weights_folder=tmp_path / "w")) == tmp_path / "w"


def test_settings_that_change_words_change_the_identity(store: Path) -> None:
    folder = str(packaged_base(SpeechSettings(weights_folder=store)).folder)
    plain = transcriber_identity(SpeechSettings(model=folder))
    assert plain == transcriber_identity(SpeechSettings(model=folder, threads=3))
    assert plain != transcriber_identity(SpeechSettings(model=folder, beam_size=1))
    assert plain != transcriber_identity(SpeechSettings(model=folder, vad_threshold=0.5))
