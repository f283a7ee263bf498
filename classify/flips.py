"""What other rules judge otherwise: stages, requirements and flags that flip, deal by deal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from models.vocabulary.review import Sighting
from models.vocabulary.rules import Flip, FlipKind
from models.vocabulary.verdict import DealVerdict, Verification

Judged = tuple[Verification, Sequence[Sighting]]


def flips_between(
    before: Judged, after: Judged, responsible: Mapping[str, str | None]
) -> list[Flip]:
    """Gives what flips from one answer to another, deal by deal in the order of the first.

    Args:
        before: what is said now, and what of it the inbox shows.
        after: the same by other rules, of the same calls and the same CRM.
        responsible: by deal, whose it is.
    """
    of_flags: dict[str | None, list[Flip]] = {}
    for flip in _flags(before[1], after[1]):
        of_flags.setdefault(flip.deal_id, []).append(flip)
    later = {deal.deal_id: deal for deal in after[0].deals}
    found: list[Flip] = []
    for deal in before[0].deals:
        user = responsible.get(deal.deal_id)
        if deal.deal_id in later:
            found += _of_deal(deal, later[deal.deal_id], user)
        found += of_flags.pop(deal.deal_id, ())
    return found + [flip for flips in of_flags.values() for flip in flips]


def _of_deal(one: DealVerdict, other: DealVerdict, user: str | None) -> Iterator[Flip]:
    if one.verified_stage != other.verified_stage:
        yield Flip(
            FlipKind.STAGE, one.deal_id, None, user, "", one.verified_stage, other.verified_stage
        )
    before = {each.requirement_id: each.verdict.value for each in one.requirements}
    after = {each.requirement_id: each.verdict.value for each in other.requirements}
    for name in {**before, **after}:
        was, is_ = before.get(name), after.get(name)
        if was != is_:
            yield Flip(FlipKind.REQUIREMENT, one.deal_id, None, user, name, was, is_)


def _flags(before: Sequence[Sighting], after: Sequence[Sighting]) -> Iterator[Flip]:
    was = {one.key: one for one in before}
    is_ = {one.key: one for one in after}
    for key in {**was, **is_}:
        old, new = was.get(key), is_.get(key)
        shown = new or old
        if shown is None or (old and new and old.flag.severity is new.flag.severity):
            continue
        flag = shown.flag
        yield Flip(
            kind=FlipKind.FLAG,
            deal_id=flag.deal_id,
            call_id=flag.call_id,
            user_id=flag.user_id,
            subject=flag.kind.value,
            before=old.flag.severity.value if old else None,
            after=new.flag.severity.value if new else None,
            key=key,
        )
