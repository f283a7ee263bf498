"""What is heard does not hang on who speaks; nobody is ranked by missing recordings."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from classify.swapping import with_other_gender, with_other_names
from figures.fairness import Compared, moved, unknown_by_person
from flow.cli import app
from models.vocabulary.figures import RequirementFact
from models.vocabulary.transcript import Segment, Speaker
from models.vocabulary.verdict import Verdict
from tests.unit.figures.department import deal, facts

TEXTS = Path(__file__).parents[2] / "data" / "dev" / "texts.json"


def _said(*texts: str) -> list[Segment]:
    return [Segment(Speaker.AGENT, text, None, None) for text in texts]


def test_names_become_others_in_their_case_and_nothing_else_is_touched() -> None:
    swapped = with_other_names(_said("Ирина, передайте Андрею договор.", "спасибо ирина"))
    assert [one.text for one in swapped.segments] == [
        "Гульнара, передайте Рустаму договор.",
        "спасибо гульнара",
    ]
    assert swapped.words == 3


def test_gender_turns_what_speaks_of_people_and_not_what_speaks_of_things() -> None:
    swapped = with_other_gender(
        _said("Угу, поняла вас.", "Я бы хотел подумать.", "Договор подписан, сайт открылся.")
    )
    assert [one.text for one in swapped.segments] == [
        "Угу, понял вас.",
        "Я бы хотела подумать.",
        "Договор подписан, сайт открылся.",
    ]


def test_calls_without_anything_to_swap_do_not_make_it_look_fair() -> None:
    untouched = Compared("a", 0, ("conversation",) * 2, ((), ()))
    turned = Compared(
        "b", 2, ("conversation", "voicemail"), (("payment/done", "refusal/done"), ("refusal/done",))
    )
    found = moved("names", [untouched, turned])
    assert (found.calls, found.changed) == (2, 1)
    assert (found.outcomes.count, found.outcomes.of) == (1, 1)
    assert (found.actions.count, found.actions.of) == (1, 2)
    assert found.moved[0].lost == ("payment/done",)


def test_somebody_whose_calls_were_not_heard_is_not_compared() -> None:
    unknown = (RequirementFact("needs.clarified", Verdict.UNKNOWN),)
    quiet = [
        deal(f"q{n}", user_id="u2", calls=2, unheard=1, unsure=2, requirements=unknown)
        for n in range(12)
    ]
    heard = [deal(f"h{n}", calls=2) for n in range(12)]
    few = [deal("f", user_id="u3", calls=2)]
    found = {one.user_id: one for one in unknown_by_person(facts(*quiet, *heard, *few))}
    assert [one.user_id for one in unknown_by_person(facts(*heard, *quiet))] == ["u2", "u1"]
    assert (found["u2"].unheard.value, found["u2"].deals.value) == (0.5, 1.0)
    assert [user for user, one in found.items() if one.comparable] == ["u1"]


def test_the_command_shows_a_table_and_writes_what_moved(tmp_path: Path) -> None:
    few, out = tmp_path / "texts.json", tmp_path / "fair.json"
    few.write_text(json.dumps(json.loads(TEXTS.read_text("utf-8"))[:6]), encoding="utf-8")
    result = CliRunner().invoke(app, ["figures", "fairness", str(few), "--json", str(out)])
    assert result.exit_code == 0, result.output
    found = {one["swap"]: one for one in json.loads(out.read_text("utf-8"))}
    assert set(found) == {"names", "gender", "history"}
    assert found["names"]["changed"] >= 5
    assert found["history"]["moved"] == []
