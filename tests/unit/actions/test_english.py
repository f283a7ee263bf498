from __future__ import annotations

from tests.fakes.spoken_calls import Found, Listen


def test_the_main_families_in_english(listen: Listen) -> None:
    heard = listen(
        "a: Good morning, this is Walter from Hillside Windows Ltd.",
        "c: Hello. I'm interested in new windows for our office.",
        "a: How many windows do you need?",
        "c: Twelve windows, white frames, with blinds.",
        "a: Could we meet on Friday at ten?",
        "c: Yes, Friday at ten works for me.",
        "a: Great. I'll send you the quote tomorrow. Goodbye!",
        "c: Bye.",
        language="en",
    )
    status = {str(action.type): action.status for action in heard.actions}
    assert heard.outcome == "conversation"
    assert status["meeting_booked"] == "done"
    assert status["proposal_sent"] == "promised"
    assert {"greeting", "farewell", "interest_expressed", "needs_clarified"} <= set(status)


def test_the_letters_prove_the_language(listen: Listen) -> None:
    heard = listen("a: Good morning!", "c: Hi, we need two hundred printed brochures by May.")
    assert "greeting" in {action.type for action in heard.actions}


def test_an_english_refusal(found: Found) -> None:
    [refusal] = found(
        "refusal",
        "a: We offer cleaning services for offices.",
        "c: We're not interested, please don't call again.",
        language="en",
    )
    assert refusal.speaker == "client"
