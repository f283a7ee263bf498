"""The same words give the same answer, in whatever order a file lists what was said at once."""

from __future__ import annotations

from itertools import permutations

import pytest

from classify.hear import CallContext, hear
from models.vocabulary.transcript import Segment, Speaker
from tests.unit.actions.spoken_lines import WEDNESDAY

SPOKEN = (
    Segment(Speaker.AGENT, "Добрый день, это Лев, мастерская «Кедр».", 0.0, 2.0),
    Segment(Speaker.CLIENT, "Угу.", 2.0, 2.5),
    Segment(Speaker.AGENT, "Подъеду к вам завтра в десять на замер?", 2.0, 5.0),
    Segment(Speaker.CLIENT, "Да, завтра в десять жду вас.", 5.0, 7.0),
    Segment(Speaker.AGENT, "Договорились.", 7.0, 8.0),
    Segment(Speaker.CLIENT, "До свидания.", 7.0, 8.0),
)


@pytest.mark.parametrize("shuffled", list(permutations(SPOKEN))[::90])
def test_the_order_of_the_list_does_not_matter_where_times_stand(
    shuffled: tuple[Segment, ...],
) -> None:
    assert hear(shuffled, CallContext(WEDNESDAY)) == hear(SPOKEN, CallContext(WEDNESDAY))


def test_without_times_the_order_of_the_list_stands() -> None:
    bare = [Segment(s.speaker, s.text) for s in SPOKEN]
    backwards = hear(bare[::-1], CallContext(WEDNESDAY))
    assert backwards != hear(bare, CallContext(WEDNESDAY))


def test_a_second_hearing_is_the_first() -> None:
    once = hear(SPOKEN, CallContext(WEDNESDAY))
    assert all(hear(SPOKEN, CallContext(WEDNESDAY)) == once for _ in range(5))
