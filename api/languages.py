"""The languages in which people and programs are answered."""

from __future__ import annotations

LANGUAGES = ("ru", "en")  # the first one where nobody asks for another


def language_asked(header: str) -> str:
    """The language that `Accept-Language` prefers among ours; the first one where it has none.

    Source: RFC 9110, section 12.5.4.
    """
    weights: dict[str, float] = {}
    for part in header.casefold().split(","):
        tag, _, weight = part.partition(";")
        weights.setdefault(tag.strip().partition("-")[0], _weight(weight))
    asked = {one: weights.get(one, weights.get("*", 0.0)) for one in LANGUAGES}
    return max(LANGUAGES, key=lambda one: asked[one])


def _weight(text: str) -> float:
    """How much a language is wanted, 0 to 1; not at all where that cannot be read."""
    name, _, figure = text.strip().partition("=")
    try:
        return min(max(float(figure), 0.0), 1.0) if name else 1.0
    except ValueError:
        return 0.0
