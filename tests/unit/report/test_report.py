"""The report says what a supervisor has to know, and nothing in it can run or be fetched."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from flow.report import render_report
from flow.report.view import build_view
from flow.report.words import clock, moment, money, words_of
from tests.fakes.result import STAGE_KEYS, result, snapshot


@pytest.fixture
def page() -> str:
    return render_report(result(), snapshot(), STAGE_KEYS)


def test_deals_ahead_of_reality_come_first() -> None:
    view = build_view(result(), snapshot(), STAGE_KEYS, {})
    assert [deal.gap for deal in view.deals] == ["ahead", "none"]


def test_the_strip_shows_what_is_proved_and_what_is_only_claimed() -> None:
    view = build_view(result(), snapshot(), STAGE_KEYS, {})
    ahead, honest = (deal.strip for deal in view.deals)
    assert [stage.state for stage in ahead] == ["proved", "stuck", "claimed"]
    assert [stage.state for stage in honest] == ["proved", "proved", "stuck"]
    assert [stage.recorded for stage in ahead] == [False, False, True]


def test_a_quote_comes_with_speaker_and_second(page: str) -> None:
    assert "«в понедельник в девять устроит»" in page
    assert re.search(r"Клиент, <a href=\"#call-17\.5\">звонок 17\.11\.2026 14:20</a>, 01:02", page)


def test_names_stand_for_ids(page: str) -> None:
    assert "Вера Ильина" in page
    assert "На деле: <b>Встреча</b>" in page


def test_a_flag_without_a_deal_is_shown(page: str) -> None:
    assert "Обращение без карточки" in page


def test_unusable_recordings_are_listed_with_the_remedy(page: str) -> None:
    assert "пусто.wav" in page
    assert "выгрузите его снова" in page


def test_nothing_from_the_crm_becomes_markup(page: str) -> None:
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_the_page_fetches_nothing(page: str) -> None:
    assert "default-src 'none'" in page
    assert re.findall(r"(?:src|href)=\"(?!#)", page) == []
    assert "url(" not in page


def test_every_link_has_its_target(page: str) -> None:
    targets = set(re.findall(r"id=\"([^\"]+)\"", page))
    assert set(re.findall(r"href=\"#([^\"]+)\"", page)) <= targets


def test_values_read_as_people_write_them() -> None:
    assert moment("2026-11-17T14:20:00+03:00") == "17.11.2026 14:20"
    assert moment("2026-11-18") == "18.11.2026"
    assert moment(None) == "—"
    assert clock(62.5) == "01:02"
    assert money(250000, "RUB") == "250\u202f000\u00a0₽"


def test_the_page_speaks_english_where_it_is_asked_to() -> None:
    russian, english = (words_of(language) for language in ("ru", "en"))
    assert _keys(russian) == _keys(english)
    told = render_report(result(), snapshot(), STAGE_KEYS, language="en")
    assert '<html lang="en">' in told
    assert "Stage not backed" in told
    assert re.search(r"Client, <a href=\"#call-17\.5\">call of 17 Nov 2026, 14:20</a>", told)
    assert 'data-here="in the CRM"' in told
    assert _of_the_page(told, english)
    assert not _of_the_page(told, russian)


def _keys(words: Mapping[str, Any], place: str = "") -> set[str]:
    return {
        key
        for name, value in words.items()
        for key in (
            _keys(value, f"{place}.{name}") if isinstance(value, Mapping) else [f"{place}.{name}"]
        )
    }


def _of_the_page(told: str, words: Mapping[str, Any]) -> set[str]:
    """The headings and hints of a language that a page shows."""
    said = words["page"]
    texts = [*said["section"].values(), *said["hint"].values(), *said["tile"].values()]
    return {text for text in [*texts, said["heading"], said["complete"]] if text in told}
