"""From what stands in a CRM to what should: nothing twice, nothing lost, whatever happened before."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from flow.live.plan import Plan, plan_for
from models.vocabulary.crm_write import NoteText, WriteKind, WriteState
from models.vocabulary.outbox import (
    GONE,
    STAYED,
    TAKEN_BACK,
    Occurrence,
    Standing,
    Wanted,
    occurrence_of,
)

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
WAITING, SENDING, WRITTEN, DEAD, UNDONE, DROPPED = (
    WriteState.WAITING,
    WriteState.SENDING,
    WriteState.WRITTEN,
    WriteState.DEAD,
    WriteState.UNDONE,
    WriteState.DROPPED,
)


def want(same: str, topic: str = "fields", **more: object) -> Wanted:
    return Wanted(WriteKind.FIELDS, NoteText(same), topic, same, **more)  # type: ignore[arg-type]


def row(id_: int, same: str, state: WriteState, **more: object) -> Standing:
    facts = {"created_at": NOW, **more}
    occurrence = Occurrence("fields", same, facts.pop("finding", None), id_ - 1)  # type: ignore[arg-type]
    return Standing(id_, WriteKind.FIELDS, occurrence, state, **facts)  # type: ignore[arg-type]


def plan(wanted: list[Wanted], *rows: Standing) -> Plan:
    return plan_for(wanted, rows, now=NOW)


def added(found: Plan) -> list[str]:
    return [one.wanted.same for one in found.add]


def test_what_stands_or_is_under_way_is_left() -> None:
    for state in (WAITING, SENDING, WRITTEN, DEAD, UNDONE):
        assert added(plan([want("a")], row(1, "a", state))) == []
    assert added(plan([want("a")], row(1, "a", DROPPED, error=GONE))) == []
    assert added(plan([want("a")], row(1, "a", DROPPED, error=TAKEN_BACK))) == []


def test_something_else_is_added_after_the_newest() -> None:
    found = plan([want("b")], row(1, "a", WRITTEN), row(2, "c", DROPPED, error="not_wanted"))
    assert added(found) == ["b"]
    assert occurrence_of(found.add[0].occurrence.about).after == 2


def test_what_waits_gives_way_and_what_stood_before_is_not_written_again() -> None:
    found = plan([want("a")], row(1, "a", WRITTEN), row(2, "b", WAITING))
    assert (found.drop, added(found)) == ((2,), [])
    found = plan([want("c")], row(1, "a", WRITTEN), row(2, "b", DEAD))
    assert (found.drop, added(found)) == ((2,), ["c"])


def test_what_may_have_been_sent_is_never_dropped() -> None:
    found = plan([want("c")], row(1, "a", WAITING, uncertain=True), row(2, "b", SENDING))
    assert (found.drop, added(found)) == ((), ["c"])
    assert plan([], row(1, "a", WAITING, uncertain=True)).drop == ()


def test_what_lay_too_long_is_put_in_line_anew() -> None:
    found = plan([want("a")], row(1, "a", WAITING, stale=True))
    assert (found.drop, added(found)) == ((1,), ["a"])
    found = plan([want("a")], row(1, "a", DEAD, stale=True))
    assert (found.drop, added(found)) == ((), [])  # that waits for somebody


def test_an_end_is_only_told_where_something_began() -> None:
    over = want("over", only_instead=True)
    assert added(plan([over])) == []
    assert added(plan([over], row(1, "a", UNDONE))) == []
    waits = plan([over], row(1, "a", WAITING))
    assert (waits.drop, added(waits)) == ((1,), [])
    assert added(plan([over], row(1, "a", WRITTEN))) == ["over"]
    assert added(plan([over], row(1, "a", WAITING, uncertain=True))) == ["over"]


def test_what_is_old_is_written_anew_only_where_it_stands() -> None:
    old = NOW - timedelta(hours=25)
    fresh = want("a", fresh_h=24.0)
    assert added(plan([fresh], row(1, "a", WRITTEN, created_at=old))) == ["a"]
    assert plan([fresh], row(1, "a", WRITTEN, created_at=old)).add[0].refreshes
    assert added(plan([fresh], row(1, "a", UNDONE, created_at=old))) == []
    assert added(plan([fresh], row(1, "a", WRITTEN, created_at=old, error=STAYED))) == []


def test_what_people_decided_against_is_taken_back_once() -> None:
    def taken(*rows: Standing) -> Plan:
        return plan_for([], rows, contradicted={7}, now=NOW)

    assert taken(row(1, "a", WRITTEN, finding=7), row(2, "a", WRITTEN)).take_back == (1,)
    assert taken(row(1, "a", WRITTEN, finding=7, error=STAYED)).take_back == ()
    assert taken(row(1, "a", SENDING, finding=7)).unsettled
    assert taken(row(1, "a", WAITING, finding=7)).drop == (1,)


def test_a_name_survives_whatever_a_topic_holds() -> None:
    one = Occurrence("call:a|b|c", "words", None, 12)
    assert occurrence_of(one.about) == one
    assert occurrence_of(Occurrence("x", "y", 5, 0).about).finding == 5


Step = tuple[str, str]
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("want"), st.sampled_from("abc")),
        st.tuples(st.just("send"), st.sampled_from(["written", "dead", "uncertain", "gone"])),
        st.tuples(st.just("undo"), st.just("")),
    ),
    max_size=20,
)


@given(STEPS)
def test_whatever_happens_each_state_is_told_once_and_the_last_one_in_the_end(
    steps: list[Step],
) -> None:
    rows: list[Standing] = []
    sent: list[str] = []
    wanted = "a"
    for kind, what in [*steps, ("want", wanted), ("send", "written")]:
        if kind == "want":
            wanted = what
            for _ in range(2):  # the second time finds nothing to do
                found = plan([want(wanted)], *rows)
                rows = [_dropped(one, found) for one in rows]
                for one in found.add:
                    made = Standing(len(rows) + 1, WriteKind.FIELDS, one.occurrence, WAITING, NOW)
                    rows.append(made)
            assert not found.add
            assert not found.drop
        elif kind == "undo":
            states = (WAITING, WRITTEN)
            rows = [replace(r, state=UNDONE) if r.state in states else r for r in rows]
        else:
            rows = _sent(rows, what, sent)
    names = [one.occurrence.about for one in rows]
    assert len(names) == len(set(names))
    live = [one for one in rows if one.state is not DROPPED or one.error in (GONE, TAKEN_BACK)]
    assert live[-1].occurrence.same == wanted
    if not {("undo", ""), ("send", "gone")} & set(steps):
        assert all(one != other for one, other in pairwise(sent))


def _dropped(one: Standing, found: Plan) -> Standing:
    if one.id not in found.drop:
        return one
    assert one.state in (WAITING, DEAD)
    assert not one.uncertain
    return replace(one, state=DROPPED, error="not_wanted")


def _sent(rows: list[Standing], what: str, sent: list[str]) -> list[Standing]:
    """The oldest one that waits is sent, and what came of it."""
    first = next((one for one in rows if one.state is WAITING), None)
    if first is None:
        return rows
    if what == "uncertain" and not first.uncertain:
        now: Standing = replace(first, uncertain=True)
    elif what in ("dead", "gone") and not first.uncertain:
        error = GONE if what == "gone" else None
        now = replace(first, state=DROPPED if error else DEAD, error=error)
    else:
        now = replace(first, state=WRITTEN, uncertain=False)
        sent.append(first.occurrence.same)
    return [now if one is first else one for one in rows]
