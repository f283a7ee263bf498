"""What is heard again: the decisive utterance and its neighbours, at most twenty seconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from classify.second_listening import stretch_around
from classify.second_listening.stretch import LONGEST_S
from models.vocabulary.action import Action, ActionStatus, ActionType
from models.vocabulary.transcript import Segment, Speaker, Word

YES = Action(
    ActionType.MEETING_BOOKED, ActionStatus.DONE, Speaker.CLIENT, "договорились", 0.9, 40.0, 43.0
)


def talk(count: int = 12, seconds: float = 4.0) -> list[Segment]:
    """One utterance every five seconds; the one at 40 is the decisive one."""
    return [
        Segment(
            (Speaker.AGENT, Speaker.CLIENT)[number % 2],
            "да, договорились" if number == 8 else f"реплика {number}",
            5.0 * number,
            5.0 * number + seconds,
        )
        for number in range(count)
    ]


def places(segments: Sequence[Segment], action: Action = YES) -> list[int]:
    return [target.index for target in stretch_around(segments, action)]


def test_more_is_heard_from_before_than_from_after() -> None:
    assert places(talk()) == [6, 7, 8, 9]


def test_it_is_never_longer_than_the_limit() -> None:
    for seconds in (0.5, 1.0, 4.0, 4.9):
        part = stretch_around(talk(seconds=seconds), YES)
        assert part[-1].segment.end is not None
        assert part[0].segment.start is not None
        assert part[-1].segment.end - part[0].segment.start <= LONGEST_S


def test_a_call_s_edge_ends_it() -> None:
    assert places(talk(9)) == [5, 6, 7, 8]
    assert places(talk()[6:]) == [0, 1, 2, 3]


def test_the_same_words_elsewhere_are_told_apart_by_the_time() -> None:
    segments = talk()
    segments[1] = replace(segments[1], text="да, договорились")
    assert 8 in places(segments)
    assert 1 not in places(segments)


def test_texts_without_times_cannot_be_heard_again() -> None:
    segments = [replace(one, start=None, end=None) for one in talk()]
    assert stretch_around(segments, replace(YES, start=None, end=None)) == ()


def test_words_that_are_not_there_cannot_be_heard_again() -> None:
    assert stretch_around(talk(), replace(YES, quote="по рукам")) == ()


def test_of_a_monologue_the_part_around_the_quote_is_heard() -> None:
    words = tuple(Word(0.5 * n, 0.5 * n + 0.4, f"слово{n}", 0.9) for n in range(200))
    long = Segment(Speaker.AGENT, " ".join(w.text for w in words), 0.0, 100.0, 0.9, words)
    action = replace(YES, quote="слово100 слово101", start=0.0)
    [target] = stretch_around([long], action)
    assert "слово100 слово101" in target.segment.text
    assert target.segment.start is not None
    assert target.segment.end is not None
    assert 15 < target.segment.end - target.segment.start <= LONGEST_S
    assert words[target.first].text == target.segment.text.split()[0]
    assert words[target.end - 1].text == target.segment.text.split()[-1]
