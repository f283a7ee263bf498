"""What a CRM demands becomes a draft of rules that holds as it stands."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from classify.drafting import draft_rules, template_name
from classify.pipeline_file import parse_pipeline
from classify.rule_faults import read_rules
from classify.stage_mapping import guess_stages
from classify.verification.check_kinds import FieldCheck
from flow.cli import app
from models.vocabulary.crm import StageDemand
from models.vocabulary.deal import Pipeline, Stage, StageKind

STAGES = (
    Stage("1", "Новая заявка"),
    Stage("2", "КП отправлено"),
    Stage("3", "КП отправлено!"),
    Stage("142", "Успешно реализовано", StageKind.WON),
    Stage("143", "Закрыто и не реализовано", StageKind.LOST),
)
PIPELINE = Pipeline("7", 'Продажи «Север»: "опт"', "", STAGES)
DEMANDS = (
    StageDemand("7", "1", (("774", "Тип заказа"),), ("Перезвоните\nза 15 минут: это важно # да",)),
    StageDemand(
        "7", "2", (("774", "Тип заказа"), ("OPPORTUNITY", "Сумма"), ("775", "Тип, заказа"))
    ),
    StageDemand("7", "142", (("776", "{}: [\u202e]\x00\n"), ("777", ""))),
    StageDemand("8", "1", (("1", "of another pipeline"),)),
)


def test_a_draft_holds_and_demands_what_the_crm_does(tmp_path: Path) -> None:
    text = draft_rules(PIPELINE, DEMANDS, source="amoCRM", names={"774": "order_type"})
    rules, faults = read_rules(text)
    assert faults == []
    assert rules is not None
    asked = {
        stage.key: [
            one.check.filled for one in stage.requirements if isinstance(one.check, FieldCheck)
        ]
        for stage in rules.stages
    }
    assert asked == {
        "novaya_zayavka": [("order_type",)],
        "kp_otpravleno": [("amount",), ("Тип, заказа",)],
        "kp_otpravleno_2": [],
        "uspeshno_realizovano": [("{}: [ ]",), ("777",)],
    }
    assert "    # Перезвоните\n    # за 15 минут: это важно # да\n" in text
    assert rules.template == template_name(PIPELINE) == "prodazhi_sever_opt"
    (tmp_path / f"{rules.template}.yaml").write_text(text, encoding="utf-8")
    told = CliRunner().invoke(
        app, ["pipelines", "--pipelines", str(tmp_path), "--state", str(tmp_path / "state")]
    )
    assert told.exit_code == 0, told.output
    assert "prodazhi_sever_opt" in told.stdout


def test_the_board_that_a_draft_was_made_of_is_tied_to_it_for_sure() -> None:
    rules = parse_pipeline(draft_rules(PIPELINE, DEMANDS, source="amoCRM"), "draft")
    guess = guess_stages(PIPELINE, rules)
    assert guess.is_sure
    assert guess.stages[0].key == "novaya_zayavka"


def test_a_crm_that_demands_nothing_still_gives_its_stages() -> None:
    rules = parse_pipeline(draft_rules(PIPELINE, (), source="Bitrix24"), "draft")
    assert rules.stages[0].key == "novaya_zayavka"
    assert not any(stage.requirements for stage in rules.stages)


def test_a_pipeline_without_a_usable_name_or_stage_is_drafted_as_well() -> None:
    for name, stages in (("☎", ()), ("", (Stage("1", "☎"), Stage("2", " ")))):
        pipeline = Pipeline("C9:x", name, "", stages)
        rules, faults = read_rules(draft_rules(pipeline, (), source="x"))
        assert faults == []
        assert rules is not None
        assert rules.template == "pipeline_c9_x"
