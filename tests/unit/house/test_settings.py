"""Settings refuse what they do not know, and every one is documented."""

from pathlib import Path

import pytest

from core.settings import SettingsError, load_settings
from core.settings_page import settings_page, settings_rows

DOCS = Path(__file__).parents[3] / "docs" / "settings.md"


def test_the_docs_are_what_the_code_says() -> None:
    assert DOCS.read_text(encoding="utf-8") == settings_page(), (
        "docs/settings.md is old: python -m core.settings_page > docs/settings.md"
    )


def test_every_setting_says_what_it_does() -> None:
    assert [row for row in settings_rows() if row.endswith("| None |")] == []


def test_a_file_sets_a_value(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "stagecheck.toml").write_text("[speech]\nbeam_size = 1\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert load_settings().speech.beam_size == 1


def test_the_environment_wins_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "stagecheck.toml").write_text("[speech]\nbeam_size = 1\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STAGECHECK_SPEECH__BEAM_SIZE", "3")
    assert load_settings().speech.beam_size == 3


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[speech]\nbeem_size = 1\n", "speech.beem_size"),
        ("[speech]\nbeam_size = 0\n", "speech.beam_size"),
        ("[speach]\nbeam_size = 1\n", "speach"),
        ("[speech\n", "stagecheck.toml"),
        ('[access]\npasswords = "admins"\n', "oidc.issuer"),
        ('[oidc]\nissuer = "https://sso.example.ru"\n', "setting `oidc`.*client_id"),
    ],
)
def test_a_wrong_setting_is_named(
    text: str, named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "stagecheck.toml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError, match=named):
        load_settings()
