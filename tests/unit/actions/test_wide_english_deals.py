"""English deals by deed, tense and what is spoken of: paid, signed, taken, recommended, decided."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from classify.dialogue import CallContext, listen
from classify.hear import by_wordings
from tests.unit.actions.spoken_lines import both_ways, lines

STARTED = datetime(2026, 11, 18, 11, 0, tzinfo=ZoneInfo("Europe/London"))  # a Wednesday


def heard(call: str, kind: str) -> str:
    """The statuses of one type in a call, with `due` where it was said."""
    found = by_wordings(listen(lines(call), CallContext(STARTED, language="en"))).actions
    return " ".join(
        str(a.status) + (f"={a.slots['due']}" if "due" in a.slots else "")
        for a in found
        if str(a.type) == kind
    )


PAYMENTS = [
    (
        "promised=2026-11-20",
        "A: And the balance, when might we see that? / C: It'll go out in Friday's run.",
    ),
    ("promised=2026-11-23", "A: That leaves the deposit. / C: I'll have Thandi do it on Monday."),
    ("promised=2026-11-19", "A: And the second half? / C: Tomorrow, first thing."),
    ("promised", "A: The invoice is with you. / C: Fine, the bookkeeper will put it through."),
    (
        "promised=2026-11-24",
        "A: There's the retainer. / C: It won't leave us till the twenty-fourth.",
    ),
    ("promised", "C: I'll bring a cheque round when I collect the keys."),
    ("done", "A: And the deposit? / C: Went across last night."),
    ("done", "C: The invoice you sent, I settled it on Monday. / A: Lovely, thank you."),
    ("done", "C: I've just wired the first instalment. / A: Super."),
    ("done", "A: Your payment's landed, thanks ever so much. / C: Good."),
    ("done", "C: I pinged you the deposit an hour ago. / A: Yes, there it is, just come up."),
    ("", "A: Have you paid the balance? / C: Not yet, no."),
    ("", "C: If the grant comes through we'll pay the deposit. / A: Understood."),
    ("", "A: How do clients usually pay? / C: What do you mean?"),
    ("", "C: We don't pay anything up front, ever. / A: I see."),
    ("", "A: I'll send the brochure. / C: It'll go straight in the drawer on Friday."),
]
SIGNINGS = [
    (
        "promised=2026-11-20",
        "A: The agreement's in your inbox. / C: I'll put my name to it Friday.",
    ),
    ("promised", "A: Did the contract arrive? / C: It did, my husband will sign it with me."),
    ("promised=2026-11-19", "A: You've the lease? / C: I have, you'll get it back tomorrow."),
    ("done", "A: Any news on the contract? / C: The directors put pen to it last night."),
    ("done", "A: And the agreement? / C: Signed and in the post to you."),
    ("done", "C: I've initialled every page of the contract and it's on its way back. / A: Super."),
    ("", "A: Have you signed the contract? / C: Not yet, I'm waiting for legal."),
    ("", "C: We signed for the delivery this morning. / A: Good."),
    ("", "C: I won't sign anything today. / A: Understood."),
    ("", "A: Who signs off on this? / C: Hard to say."),
    ("", "C: Once we sign the contract, what happens then? / A: We start."),
]
WORK = [
    ("done", "A: How are you getting on with the new oven? / C: It's a dream, we love it."),
    ("done", "A: Did the floor go in all right? / C: It did, couldn't be happier with it."),
    ("done", "C: Your lads finished yesterday and I've signed the sheet, no snags. / A: Great."),
    (
        "declined",
        "A: Is the sign up and everything all right? / C: It's crooked, I want it redone.",
    ),
    (
        "declined",
        "A: Did the shirts arrive? / C: They did, and they're going straight back, wrong colour.",
    ),
    ("declined", "C: The gate you fitted won't close, I'm not signing it off. / A: Sorry."),
    ("", "A: Could we meet on Friday at ten? / C: Ten's perfect, lovely."),
    ("", "A: I'll send the quote back to you. / C: Brilliant, we're happy with that."),
    ("", "A: Shall I send the contract? / C: I'm not accepting clause nine."),
]
REVIEWS = [
    ("done", "A: Would you pop a couple of lines about us on Google? / C: Sure."),
    ("done", "A: If any of your neighbours need one, would you give them our number? / C: Okay."),
    ("done", "A: Could we use you as a reference? / C: Yes."),
    ("done", "A: We live off word of mouth, so do tell your colleagues about us. / C: I will."),
    ("done", "A: Do you know anyone else who could use a fence like that? / C: Maybe."),
    ("", "A: I'll drop you a line on Friday. / C: Okay."),
    ("", "A: Somebody recommended us to you, I believe? / C: My cousin."),
    ("", "A: You found us on Google, is that right? / C: Yes."),
    ("", "A: I'll give you my number then. / C: Go on."),
]
DECIDERS = [
    ("done", "A: Who has the final say? / C: Thandi, in head office."),
    ("done", "C: It has to go past the board. / A: I see."),
    ("done", "C: My brother holds the purse strings. / A: I see."),
    ("done", "A: Is it just you I need to convince? / C: Just me, it's my own money."),
    ("done", "C: You're talking to the owner, I don't have to ask anybody. / A: Good."),
    ("", "A: Who decides? / C: I couldn't tell you that, I only do the phones."),
    ("", "C: I haven't decided yet. / A: I see."),
    ("", "C: I make it four hundred in all. / A: Yes."),
]
PROPOSALS = [
    ("promised=2026-11-23", "A: I'll work that up for you by Monday. / C: Lovely."),
    ("promised=2026-11-19", "A: Let me put it in writing and have it with you tomorrow. / C: Do."),
    ("promised=2026-11-18", "A: I'll price it tonight and text it over. / C: Text is good."),
    ("", "A: I'll put you down for Monday at ten. / C: Okay."),
    ("", "A: It would cost you more than that. / C: I see."),
]


def cases(kind: str, talks: list[tuple[str, str]]) -> list[tuple[str, str, str]]:
    """Every exchange of one type, also as a recogniser writes it."""
    return [(kind, said, call) for said, talk in talks for call in both_ways([talk])]


@pytest.mark.parametrize(
    ("kind", "expected", "call"),
    [
        *cases("payment", PAYMENTS),
        *cases("contract_signed", SIGNINGS),
        *cases("work_accepted", WORK),
        *cases("review_requested", REVIEWS),
        *cases("decision_maker_identified", DECIDERS),
        *cases("proposal_sent", PROPOSALS),
    ],
)
def test_an_english_deal_is_heard(kind: str, expected: str, call: str) -> None:
    assert heard(call, kind) == expected
