"""A customer's own rule file: read, refused with the place, used."""

from __future__ import annotations

from pathlib import Path

import pytest

from classify.pipeline_file import load_pipelines, parse_pipeline
from classify.verification.proving import proofs, verdict_of
from models.vocabulary.deal import Stage
from models.vocabulary.errors import InvalidInputError
from models.vocabulary.verdict import Verdict
from tests.fakes.a_deal import a_deal, a_snapshot, call, deal_of, judged, verdict

BAKERY = """
template: bakery
name: {ru: "Пекарня", en: "Bakery"}
stages:
  - key: tasting
    names: {ru: ["Дегустация"], en: ["Tasting"]}
    requirements:
      - id: tasting.talk
        severity: critical
        title: {ru: "О дегустации поговорили", en: "The tasting was talked about"}
        failure: {ru: "О дегустации не говорили", en: "The tasting was not talked about"}
        check: {kind: outcome, outcome: conversation}
        examples:
          passes: [{calls: [{at: 2026-11-10T11:00:00}]}]
          fails: [{calls: [{at: 2026-11-10T11:00:00, outcome: voicemail}]}]
  - key: order
    names: {ru: ["Заказ"], en: ["Order"]}
"""


def test_an_own_file_stands_beside_the_packaged_ones_and_judges(tmp_path: Path) -> None:
    (tmp_path / "bakery.yaml").write_text(BAKERY, encoding="utf-8")
    pipelines = load_pipelines(tmp_path)
    assert set(pipelines) == {"bakery", "web_studio", "b2b_kpi", "classic_cycle"}
    stages = [Stage("order", "Заказ"), Stage("tasting", "Дегустации")]
    found = judged(
        a_snapshot(a_deal("order"), template="bakery", stages=stages),
        call("10 11:00"),
        pipelines=pipelines,
    )
    assert verdict(found, "tasting.talk") is Verdict.MET
    assert deal_of(found).recorded_stage == "order"


def test_an_own_file_is_proved_by_its_examples() -> None:
    rules = parse_pipeline(BAKERY, "bakery.yaml")
    assert [verdict_of(rules, proof) for proof in proofs(rules)] == [Verdict.MET, Verdict.MISSING]


def test_an_own_file_replaces_the_packaged_one_of_its_name(tmp_path: Path) -> None:
    own = BAKERY.replace("template: bakery", "template: web_studio")
    (tmp_path / "own.yml").write_text(own, encoding="utf-8")
    assert [s.key for s in load_pipelines(tmp_path)["web_studio"].stages] == ["tasting", "order"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("severity: critical", "severity: critical\n        colour: red", "colour"),
        ("severity: critical", "severity: deadly", "severity"),
        ("kind: outcome,", "kind: telepathy,", "check"),
        ("outcome: conversation}", "outcome: chat}", "outcome"),
        ("key: order", "key: tasting", "stage key `tasting` stands 2 times"),
        ("id: tasting.talk", "id: tasting.talk\n        depends_on: [nothing]", "`nothing`"),
        ("id: tasting.talk", "id: tasting.talk\n        depends_on: [tasting.talk]", "circle"),
        ("passes: [{calls:", "passes: [{stage: oven, calls:", "unknown stage `oven`"),
        ("passes: [{calls: [{at: 2026-11-10T11:00:00}]}]", "passes: []", "passes"),
        ("template: bakery", "template: [bakery", "is not YAML"),
    ],
)
def test_a_wrong_file_is_refused_with_the_place(old: str, new: str, told: str) -> None:
    assert old in BAKERY
    with pytest.raises(InvalidInputError) as caught:
        parse_pipeline(BAKERY.replace(old, new), "own/bakery.yaml")
    assert str(caught.value).startswith("own/bakery.yaml: ")
    assert told in str(caught.value)


def test_ids_are_used_once_in_a_file() -> None:
    start = BAKERY.index("    requirements:")
    again = BAKERY[start : BAKERY.index("  - key: order")]
    with pytest.raises(InvalidInputError, match=r"requirement id `tasting\.talk` stands 2 times"):
        parse_pipeline(BAKERY + again, "bakery.yaml")


def test_a_crm_may_name_the_file_instead_of_the_template(tmp_path: Path) -> None:
    (tmp_path / "our-ovens.yaml").write_text(BAKERY, encoding="utf-8")
    pipelines = load_pipelines(tmp_path)
    assert pipelines["our-ovens"] is pipelines["bakery"]


def test_two_files_of_one_template_are_refused(tmp_path: Path) -> None:
    for name in ("one.yaml", "two.yaml"):
        (tmp_path / name).write_text(BAKERY, encoding="utf-8")
    with pytest.raises(InvalidInputError, match="2 files have the template `bakery`"):
        load_pipelines(tmp_path)


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="is no folder"):
        load_pipelines(tmp_path / "nowhere")


def test_the_rules_hash_follows_the_demand_and_not_the_examples() -> None:
    def hash_of(text: str) -> str:
        (_, _, requirement), *_ = parse_pipeline(text, "bakery.yaml").requirements()
        return requirement.rule_hash

    other_example = BAKERY.replace("outcome: voicemail", "outcome: ivr")
    other_demand = BAKERY.replace("outcome: conversation}", "outcome: gatekeeper}")
    assert hash_of(BAKERY) == hash_of(other_example)
    assert hash_of(BAKERY) != hash_of(other_demand)
