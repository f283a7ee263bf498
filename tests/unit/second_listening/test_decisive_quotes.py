"""Only words on which a stage or a loud flag hangs are heard again."""

from __future__ import annotations

from classify.second_listening import decisive_quotes
from models.vocabulary.verdict import Verification
from tests.fakes.a_deal import STRANGER, a_deal, a_snapshot, act, call, flags, judged, record

BOOKED = act(
    "meeting_booked", quote="в среду в три, договорились", datetime="2026-11-11T15:00:00+03:00"
)
TALK = call("9 11:00", BOOKED)
IN_CRM = record(
    "meeting", "9 11:30", "meeting", due_at="11 15:00", place="у клиента", contact_id="belova"
)


def quotes(found: Verification) -> list[str]:
    return [one.quote for one in decisive_quotes(found)]


def test_the_booking_that_makes_a_stage_is_heard_again() -> None:
    found = judged(a_snapshot(a_deal("meeting"), records=[IN_CRM]), TALK, as_of="10 18:00")
    assert quotes(found) == ["в среду в три, договорились"]
    [one] = decisive_quotes(found)
    assert (one.call_id, one.start) == ("call 9 11:00", 5.0)


def test_what_the_crm_says_as_well_is_not() -> None:
    sent = act("proposal_sent", quote="предложение получил")
    mail = record("email", "9 12:00", "proposal", direction="out")
    spoken = judged(
        a_snapshot(a_deal("proposal"), template="classic_cycle"), call("10 11:00", sent)
    )
    both = judged(
        a_snapshot(a_deal("proposal"), template="classic_cycle", records=[mail]),
        call("10 11:00", sent),
    )
    assert quotes(spoken) == ["предложение получил"]
    assert quotes(both) == []


def test_what_two_calls_say_is_not() -> None:
    again = act("needs_clarified", quote="какой сайт нужен", speaker="agent")
    twice = judged(
        a_snapshot(a_deal("needs_developed"), template="classic_cycle"),
        call("10 11:00", act("proposal_sent", quote="получил"), act("meeting_held", quote="были")),
        call("11 11:00", again),
        call("12 11:00", act("needs_clarified", quote="сколько страниц", speaker="agent")),
    )
    assert "какой сайт нужен" not in quotes(twice)


def test_a_cancellation_that_breaks_a_stage_is_heard_again() -> None:
    off = act("meeting_booked", "declined", quote="давайте отменим")
    found = judged(
        a_snapshot(a_deal("meeting"), records=[IN_CRM]), TALK, call("10 11:00", off),
        as_of="10 18:00",
    )  # fmt: skip
    assert quotes(found) == ["давайте отменим"]


def test_a_promise_that_raises_a_loud_flag_is_heard_again() -> None:
    promised = act("proposal_sent", "promised", "agent", quote="пришлю завтра", due="2026-11-10")
    found = judged(a_snapshot(a_deal("classified")), call("9 11:00", promised))
    assert "пришлю завтра" in quotes(found)


def test_a_client_s_promise_is_quiet_and_is_not() -> None:
    promised = act("payment", "promised", quote="оплачу завтра", due="2026-11-10")
    found = judged(a_snapshot(a_deal("classified")), call("9 11:00", promised))
    assert "оплачу завтра" not in quotes(found)


def test_each_quote_comes_once() -> None:
    found = judged(
        a_snapshot(
            a_deal("meeting"),
            records=[
                record(
                    "meeting",
                    "9 11:30",
                    "meeting",
                    due_at="11 18:00",
                    place="у клиента",
                    contact_id="belova",
                )
            ],
        ),
        TALK,
        as_of="10 18:00",
    )
    assert quotes(found) == ["в среду в три, договорились"]


def test_a_stranger_s_words_only_illustrate_a_missing_card() -> None:
    hello = call(
        "9 11:00", act("interest_expressed", quote="хочу сайт"), deal=None, number=STRANGER
    )
    found = judged(a_snapshot(a_deal("classified")), hello)
    assert [flag.severity.value for flag in flags(found, "unregistered_lead")] == ["high"]
    assert quotes(found) == []
