"""Verdicts and flags are explained in Russian and in English, with the same facts."""

from __future__ import annotations

import re
from importlib.resources import files
from string import Formatter

import pytest
import yaml

from classify.pipeline_file import PACKAGED, load_pipelines, parse_pipeline
from classify.verification.sentences import Said, moment_said, say
from models.vocabulary.deal import Stage
from models.vocabulary.verdict import Flag, RequirementVerdict
from tests.fakes.a_deal import (
    STRANGER,
    a_deal,
    a_snapshot,
    act,
    at,
    call,
    deal_of,
    flags,
    judged,
    moved,
    record,
    unrecorded,
)

SAID = re.compile(r"«[^«»]*»")
OF_CRM = re.compile("Лендинг|Пекарня|Анна Белова|“[^”]*”")  # told as the CRM has it
CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
TABLE = yaml.safe_load(
    files("classify.verification").joinpath("sentences.yaml").read_text(encoding="utf-8")
)
CLOCK = re.compile(r"\d\d:\d\d")
BOOKING = act("meeting_booked", quote="давайте в среду", datetime="2026-11-24T15:00:00+03:00")


def _told() -> list[RequirementVerdict | Flag]:
    """A card that claims more than was done, a promise that was not kept, a stranger's call."""
    promised = act("proposal_sent", "promised", speaker="agent", due="2026-11-12")
    stranger = call("12 10:00", act("interest_expressed"), deal=None, number=STRANGER)
    snapshot = a_snapshot(
        a_deal("negotiation"),
        records=[record("meeting", "10 12:00", due_at="24 18:00")],
        moves=[moved("17 10:00", "meeting", "proposal"), moved("19 10:00", "proposal", "invoiced")],
    )
    silent = unrecorded("16 10:00")
    found = judged(snapshot, call("10 11:00", BOOKING, promised), stranger, silent)
    return [*deal_of(found).requirements, *found.flags]


def test_every_sentence_has_the_same_slots_in_both_languages() -> None:
    def slots(text: str) -> set[str | None]:
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    for code, both in TABLE["sentences"].items():
        assert slots(both["ru"]) == slots(both["en"]), code
        assert not CYRILLIC.search(SAID.sub("", both["en"])), code


def test_verdicts_and_flags_are_told_in_english_with_the_facts_of_the_russian_sentence() -> None:
    told = _told()
    assert len({one.kind for one in told if isinstance(one, Flag)}) >= 4
    for one in told:
        english = one.explanation_en
        assert english.endswith(".")
        assert not CYRILLIC.search(OF_CRM.sub("", SAID.sub("", english))), english
        said = [quote for quote in SAID.findall(one.explanation) if quote in english]
        assert said == SAID.findall(english), english
        assert CLOCK.findall(english) == CLOCK.findall(one.explanation)


def test_what_somebody_said_stands_in_the_marks_that_take_it_out() -> None:
    [booked] = [
        one
        for one in _told()
        if isinstance(one, RequirementVerdict) and one.requirement_id == "meeting_scheduling.booked"
    ]
    assert "«давайте в среду»" in booked.explanation
    assert "«давайте в среду»" in booked.explanation_en


def test_stages_are_called_as_the_crm_calls_them() -> None:
    stages = [
        Stage("new", "Заявка с сайта", key="lead_received"),
        Stage("talk", "Торг", key="negotiation"),
        Stage("talk2", "Торг, второй круг", key="negotiation"),
    ]
    found = judged(a_snapshot(a_deal("talk2"), stages=stages), call("10 11:00"))
    [ahead] = flags(found, "stage_ahead_of_reality")
    assert ahead.explanation.startswith("В CRM этап «Торг, второй круг», доказан только этап ")
    assert ahead.explanation_en.startswith("The CRM says “Торг, второй круг”, but the deal has ")
    assert "“Meeting scheduling”" in ahead.explanation_en, "the CRM has no such column"


def test_a_sentence_inside_a_sentence_begins_small_but_for_abbreviations() -> None:
    assert say("pending", title=Said("Встреча была", "The meeting was held")) == Said(
        "Ещё впереди: встреча была.", "Still to come: the meeting was held."
    )
    assert say("pending", title="КП отправлено").ru == "Ещё впереди: КП отправлено."


def test_moments_are_written_as_each_language_writes_them() -> None:
    assert moment_said(at("24 15:00")) == Said("24.11.2026 15:00", "24 Nov 2026, 15:00")


@pytest.mark.parametrize(
    ("written", "russian", "english"),
    [
        ('"Дегустация прошла"', "Дегустация прошла", "Дегустация прошла"),
        ('{ru: "Дегустация прошла"}', "Дегустация прошла", "Дегустация прошла"),
        ('{en: "A tasting was held"}', "A tasting was held", "A tasting was held"),
        ('{ru: "Прошла", en: "Held"}', "Прошла", "Held"),
    ],
)
def test_a_rule_file_may_say_a_sentence_once(written: str, russian: str, english: str) -> None:
    packaged = (PACKAGED / "classic_cycle.yaml").read_text(encoding="utf-8")
    line = next(line for line in packaged.splitlines() if "title:" in line)
    text = packaged.replace(line, line.partition("title:")[0] + f"title: {written}", 1)
    rules = parse_pipeline(text, written)
    title = next(one.title for _, _, one in rules.requirements())
    assert (title.ru, title.en) == (russian, english)


def test_a_rule_that_says_both_keeps_its_hash() -> None:
    hashes = {one.id: one.rule_hash for _, _, one in load_pipelines(None)["b2b_kpi"].requirements()}
    assert hashes["needs.clarified"] == "65a7bd7f7401055f"
