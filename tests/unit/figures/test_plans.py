"""Weekly plans beside what was verified."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classify.pipeline_file import load_pipelines
from classify.verification.worktime import work_calendar
from core.settings import VerificationSettings
from figures.forecast import forecast
from figures.plan_file import load_plans, parse_plan
from figures.plan_results import PlanReport, PlanRow, PlanState
from figures.plans import plan_report
from figures.weeks import before, month_of, week_of, weeks_up_to
from flow.plans import plan_lines
from models.vocabulary.action import Outcome
from models.vocabulary.errors import InvalidInputError
from models.vocabulary.figures import CallFact, DealFact, RequirementFact, Visit
from models.vocabulary.verdict import Verdict
from tests.unit.figures.department import IDS, ZONE, at, deal, facts

WORKING = work_calendar(VerificationSettings(), ZONE).working_time
WEEK = week_of(at(18), ZONE)


def _proved(id_: str, *proved: datetime | None, **more: object) -> DealFact:
    met = tuple(
        RequirementFact(name, Verdict.MET, when)
        for name, when in zip(IDS, proved, strict=False)
        if when is not None
    )
    return deal(id_, proved=proved, requirements=met, **more)


def _report(*deals: DealFact, as_of: datetime | None = None, **more: object) -> PlanReport:
    known = facts(*deals, as_of=as_of, **more)
    return plan_report(known, load_plans(None)["b2b_kpi"], "p1", WEEK, WORKING)


def _row(report: PlanReport, item: str, person: str | None = None) -> PlanRow:
    return next(
        one for one in report.rows if one.item == item and one.person == person and one.role is None
    )


def test_a_week_begins_on_monday_in_the_zone_of_the_crm() -> None:
    assert (WEEK.start, WEEK.end) == (at(16, 0), at(23, 0))
    sunday_in_london = datetime.fromisoformat("2026-11-15T21:30:00+00:00")
    assert week_of(sunday_in_london, ZONE) == WEEK
    assert [one.start for one in weeks_up_to(WEEK, 2, ZONE)] == [at(9, 0), at(16, 0)]
    assert before(month_of(at(5), ZONE), ZONE) == month_of(at(5, month=10), ZONE)


def test_what_was_proved_in_the_week_stands_beside_the_goal_and_last_week() -> None:
    monday, tuesday, last = at(16), at(17), at(10)
    report = _report(
        _proved("1", last, monday, tuesday),
        _proved("2", last, tuesday, user_id="u2", roles=("hunter", "farmer")),
        _proved("3", last, last),
        as_of=at(24),
    )
    row = _row(report, "decision_makers")
    assert (row.actual.value, row.actual.deals, row.before.value) == (2, ("1", "2"), 1)
    assert (row.change, row.goal, row.very_good) == (1, 20, 50)  # 10 and 25 each, two people
    assert row.state is PlanState.MISSED
    assert _row(report, "decision_makers", "u2").actual.deals == ("2",)
    assert [point.actual.value for point in row.trend] == [0, 0, 0, 0, 0, 0, 1, 2]


def test_a_client_is_new_once_however_many_deals_there_are() -> None:
    report = _report(
        _proved("1", at(10), client="c"), _proved("2", at(17), client="c"), _proved("3", at(17))
    )
    assert _row(report, "base").actual.deals == ("3",)


def test_offers_are_to_be_as_many_as_needs_but_at_least_five() -> None:
    many = [_proved(str(n), None, None, at(17)) for n in range(7)]
    assert _row(_report(*many), "offers", "u1").goal == 7
    assert _row(_report(*many[:2]), "offers", "u1").goal == 5


def test_hours_from_needs_to_offer_give_the_middle_and_the_worst() -> None:
    report = _report(
        _proved("1", None, None, at(16), at(17)),
        _proved("2", None, None, at(13), at(18)),
        _proved("3", None, None, at(18), at(18, 15)),
        _proved("4", None, None, at(18), at(17)),  # the offer came first: no duration
    )
    row = _row(report, "needs_to_offer", "u1")
    assert row.actual.spread is not None
    assert (row.actual.value, row.actual.spread.worst, row.actual.of) == (24, 120, 3)


def test_conversations_after_the_offer_are_counted_until_the_deal_leaves_closing() -> None:
    talks = (at(9), at(11), at(12), at(16), at(18, 14))
    deals = [
        _proved("1", None, None, None, at(10), at(18), talks=talks),
        _proved("2", None, None, None, at(10), at(18), talks=talks[:2], calls=3, unheard=1),
    ]
    row = _row(_report(*deals), "repeat_conversations", "u1")
    assert (row.actual.value, row.actual.deals, row.actual.unsure_deals) == (3, ("1",), ("2",))
    assert row.state is PlanState.REACHED
    assert row.actual.share is not None
    assert (row.actual.share.count, row.actual.share.of) == (1, 1)


def test_what_nobody_can_tell_is_neither_reached_nor_missed() -> None:
    moved = (Visit(2, at(17), None),)
    unknown = deal(
        "9",
        visits=moved,
        proved=(None,) * 5,
        requirements=(RequirementFact(IDS[2], Verdict.UNKNOWN),),
    )
    failing = deal(
        "8",
        visits=moved,
        proved=(None,) * 5,
        requirements=(RequirementFact(IDS[2], Verdict.MISSING),),
    )
    four = [_proved(str(n), None, None, at(17)) for n in range(4)]
    row = _row(_report(*four, unknown, failing, as_of=at(24)), "needs", "u1")
    assert (row.actual.value, row.actual.unsure, row.actual.recorded) == (4, 1, 2)
    assert row.actual.unsure_deals == ("9",)
    assert row.state is PlanState.CANNOT_TELL


def test_an_answered_call_nobody_understood_is_no_conversation_and_not_none() -> None:
    def call(id_: str, *, heard: bool) -> CallFact:
        outcome = Outcome.CONVERSATION if heard else None
        return CallFact(id_, at(17), "u1", (), "1", "p1", outcome, True, heard, 60.0)

    report = _report(deal("1"), calls=(call("a", heard=True), call("b", heard=False)))
    row = _row(report, "conversations", "u1")
    assert (row.actual.calls, row.actual.unsure_calls) == (("a",), ("b",))
    assert (report.heard.count, report.heard.of) == (1, 2)


def test_a_running_week_is_forecast_by_its_working_hours() -> None:
    # Wednesday 18:00: 27 of 45 working hours.
    report = _report(*[_proved(str(n), None, None, at(17)) for n in range(6)])
    row = _row(report, "needs", "u1")
    assert report.passed == pytest.approx(0.6)
    assert row.forecast is not None
    assert row.forecast.value == pytest.approx(10)
    assert row.forecast.low <= 10 <= row.forecast.high
    assert forecast(2, 0.6) is None
    assert forecast(6, 0.1) is None
    assert forecast(6, 1.0) is None


@given(st.integers(3, 3000), st.floats(0.2, 0.99))
def test_a_forecast_lies_in_its_range_and_not_below_what_there_is(
    count: int, passed: float
) -> None:
    found = forecast(count, passed)
    assert found is not None
    assert count <= found.low <= found.value <= found.high


_DEALS = st.lists(
    st.tuples(
        st.sampled_from(["u1", "u2", None]),
        st.sampled_from(["c1", "c2", "c3"]),
        st.lists(st.one_of(st.none(), st.integers(9, 22).map(at)), min_size=5, max_size=5),
    ),
    max_size=12,
)


@given(_DEALS, st.randoms())
def test_people_add_up_to_the_team_in_any_order(
    drawn: list[tuple[str | None, str, list[datetime | None]]], random: object
) -> None:
    deals = [
        _proved(str(n), *proved, user_id=user, client=client)
        for n, (user, client, proved) in enumerate(drawn)
    ]
    report = _report(*deals)
    shuffled = list(deals)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert _report(*shuffled) == report
    for item in ("base", "needs", "offers"):
        rows = [row for row in report.rows if row.item == item and row.role is None]
        people = sum(row.actual.value or 0 for row in rows if row.person is not None)
        assert rows[0].actual.value == people


PLAN = """\
plan: own
template: b2b_kpi
name: {ru: "Свой", en: "Own"}
items:
  - id: needs
    title: {ru: "П", en: "N"}
    measure: {kind: proved, stage: needs}
    goal: {at_least: 5}
"""


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("at_least: 5", "at_last: 5", r"items\.0\.goal.*line 8"),
        ("at_least: 5", "same_as: offers", r"line 8: `same_as` names no other item"),
        ("at_least: 5", "at_most: 5", r"line 5.*`at_least`"),
        ("stage: needs", "stages: needs", r"line 7"),
        ("proved, stage", "prooved, stage", r"line 7"),
        ("at_least: 5", "at_least: 5, very_good: 4", r"line 8.*very_good"),
    ],
)
def test_a_wrong_plan_is_refused_with_file_and_line(old: str, new: str, told: str) -> None:
    with pytest.raises(InvalidInputError, match=rf"(?s)plans/own\.yaml.*{told}"):
        parse_plan(PLAN.replace(old, new), "plans/own.yaml")


def test_an_own_plan_replaces_the_packaged_one(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(PLAN, encoding="utf-8")
    assert load_plans(tmp_path)["b2b_kpi"].plan == "own"
    (tmp_path / "second.yaml").write_text(PLAN, encoding="utf-8")
    with pytest.raises(InvalidInputError, match="Keep one of them"):
        load_plans(tmp_path)
    with pytest.raises(InvalidInputError, match="is no folder"):
        load_plans(tmp_path / "nowhere")


def test_the_packaged_plan_fits_the_packaged_rules() -> None:
    lines = list(plan_lines(load_plans(None), load_pipelines(None)))
    assert len(lines) == 10
    assert not [line for line in lines if "left out" in line]
