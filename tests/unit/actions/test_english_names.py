"""Who decides, by name, in an English call."""

from __future__ import annotations

import pytest

from models.vocabulary.action import ActionType
from tests.unit.actions.spoken_lines import heard


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (
            (
                "A: Good morning, Mrs Hallorand, Toby here from Canvas and Co. / C: Morning. / "
                "A: Who signs this off at your end? / C: I do, it's my decision."
            ),
            "Mrs Hallorand",
        ),
        (
            (
                "A: Morning, is that Bridget? It's Colin from Linden Floors. / C: Speaking. / "
                "A: Is it you who decides on the floor? / C: Yes, I'm the one who decides."
            ),
            "Bridget",
        ),
        (
            (
                "A: Hello, this is Colin from Linden Floors. / C: Hello. / "
                "A: Who makes the decision? / C: That would be Wayne Pruitt, our operations director."
            ),
            "Wayne Pruitt",
        ),
        (
            (
                "a: hello this is colin from linden floors / c: hello / "
                "a: who makes the decision / c: that would be siobhan our finance director"
            ),
            "Siobhan",
        ),
        (
            (
                "A: Hello, this is Colin from Linden Floors. / C: Hello. / "
                "A: Who makes the decision? / C: Our director decides. Grace period ends in May."
            ),
            None,
        ),
    ],
)
def test_a_decision_maker_is_named(call: str, name: str | None) -> None:
    [found] = heard(
        call.replace("a: ", "A: ").replace("c: ", "C: "), ActionType.DECISION_MAKER_IDENTIFIED
    )
    assert found.slots.get("name") == name
