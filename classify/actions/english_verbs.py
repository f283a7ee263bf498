"""Which English words of a turn are verbs there: «I'll book it» holds one, «your book» none."""

from __future__ import annotations

from collections.abc import Sequence

from classify.text import Token

_SUBJECTS = frozenset(
    [
        *("i", "you", "we", "they", "he", "she", "it", "who", "ye", "yous", "that", "which"),
        *("someone", "somebody", "anyone", "anybody", "everyone", "everybody", "nobody"),
    ]
)
_HELPERS = frozenset(
    [
        *("will", "shall", "can", "could", "would", "should", "may", "might", "must", "to", "let"),
        *("let's", "do", "does", "did", "don't", "doesn't", "didn't", "won't", "can't", "cannot"),
        *("couldn't", "wouldn't", "shouldn't", "please", "not", "gonna", "gotta", "wanna", "n't"),
        *("i'll", "you'll", "we'll", "they'll", "he'll", "she'll", "it'll", "that'll", "who'll"),
        *("i'd", "you'd", "we'd", "they'd", "he'd", "she'd", "shan't", "needn't", "kindly", "help"),
        *("better", "rather", "sooner", "go", "come", "then", "just"),
    ]
)
_BEING = frozenset(
    [
        *("am", "is", "are", "was", "were", "be", "been", "being", "i'm", "you're", "we're"),
        *("they're", "he's", "she's", "it's", "that's", "who's", "isn't", "aren't", "wasn't"),
        *("keep", "start", "stop", "started", "of", "by", "before", "after", "about", "without"),
        *("mind", "what's", "how's", "where's", "there's", "nobody's", "somebody's"),
    ]
)
_HAVING = frozenset(["have", "has", "had", "i've", "we've", "you've", "they've", "haven't", "got"])
# What may stand between a helper and its verb.
_BETWEEN = frozenset(
    [
        *("just", "also", "only", "still", "even", "then", "now", "maybe", "perhaps", "always"),
        *("definitely", "probably", "certainly", "really", "quickly", "both", "all", "never"),
        *("gladly", "happily", "simply", "either", "possibly", "actually", "already", "either"),
    ]
)
_PERSONS = _SUBJECTS | frozenset(["me", "us", "him", "her", "them"])
_NOUNS_BEFORE = frozenset(
    [
        *("a", "an", "the", "my", "your", "our", "his", "her", "their", "its", "this", "these"),
        *("those", "same", "any", "some", "no", "each", "every", "another", "other", "next"),
        *("last", "first", "second", "which", "what", "quick", "short", "final", "whole", "of"),
        *("at", "on", "in", "for", "from", "with", "by", "per", "one", "two", "three", "good"),
        *("new", "old", "full", "half", "early", "late", "free", "big", "little", "best", "right"),
    ]
)


def is_verb(tokens: Sequence[Token], at: int) -> bool:
    """Whether the word at `at` is a verb where it stands, as far as its neighbours tell."""
    readings = [p.grammemes for p in tokens[at].parses if "VERB" in p.grammemes]
    if not readings:
        return False
    before = _before(tokens, at)
    if before in _NOUNS_BEFORE and before not in {"that", "which"}:
        return "past" in readings[0] and before in {"which", "what"}
    if "ing" in readings[0]:
        return before in _BEING or before == ""
    if any("INFN" in reading for reading in readings):
        return _bare_verb(tokens, at, before)
    return bool(before) or tokens[at].form not in {"booked", "noted", "sorted", "agreed"}


def _bare_verb(tokens: Sequence[Token], at: int, before: str) -> bool:
    """«I ring», «to ring», «let him ring», «ring me» — and «ring» after another verb's «and»."""
    if before == "" or before in _HELPERS or before in _SUBJECTS:
        return True
    if before in _PERSONS:
        earlier = _before(tokens, at - 1)
        return earlier in _HELPERS or earlier in {"have", "get", "make", "see", "want", "hear"}
    if before in {"and", "or", "but", "so", "yes", "no", "okay", "ok", "well", "right"}:
        return True
    if before in _HAVING or before in _BEING:
        return tokens[at].has("part")
    following = tokens[at + 1].form if at + 1 < len(tokens) else ""
    return following in {"me", "you", "us", "him", "them", "it"}


def _before(tokens: Sequence[Token], at: int) -> str:
    """The word before that is no adverb; empty where a sentence or a clause begins."""
    index = at - 1
    while index >= 0 and tokens[index].form in _BETWEEN and not tokens[index].comma:
        index -= 1
    if index < 0 or tokens[index].sentence != tokens[at].sentence or tokens[index].comma:
        return ""
    return tokens[index].form


_CLOSED = frozenset(
    [
        *("it", "is", "then", "fine", "good", "great", "perfect", "lovely", "grand", "super", "ok"),
        *("okay", "yes", "yeah", "works", "suits", "do", "brilliant", "sorted", "booked", "please"),
        *("agreed", "smashing", "noted", "right", "sure", "cheers", "thanks", "thank", "and", "so"),
        *("but", "or", "confirmed", "champion", "ideal", "best", "better", "alright", "settled"),
    ]
)


def runs_on(tokens: Sequence[Token], end: int, verb: int) -> bool:
    """Whether a time that ends at `end` leads into a later verb: «Tuesday I'll send it».

    «Tuesday at eleven it is, I'll send a link» ends its clause first.
    """
    if end > 0 and verb > end and (tokens[end - 1].comma or tokens[end - 1].closes):
        return False
    return all(t.form not in _CLOSED and not t.comma for t in tokens[end:verb])


_INVERTED = frozenset(
    ["would", "will", "is", "are", "does", "do", "could", "can", "shall", "should", "may", "am"]
)
ASKED = 7  # words between the verb that opens a question and the word that is asked


def asked(tokens: Sequence[Token], at: int) -> bool:
    """Whether a word stands in a question after its verb: «would half four be all right»."""
    for index in range(at - 1, max(-1, at - ASKED - 1), -1):
        token = tokens[index]
        if token.closes or token.sentence != tokens[at].sentence:
            return False
        if token.form in _INVERTED:
            before = tokens[index - 1].form if index else ""
            follows = tokens[index + 1].form if index + 1 < len(tokens) else ""
            return index == 0 or _opens(tokens[index - 1], before, follows)
    return False


_LINKS = frozenset(
    ["and", "but", "so", "ok", "okay", "right", "then", "well", "sorry", "yes", "no", "or", "yeah"]
)


def _opens(token: Token, before: str, follows: str) -> bool:
    """Whether a verb after this word turns its clause into a question."""
    if token.comma or token.closes or before in _LINKS:
        return True
    return follows in {"you", "that", "it", "he", "she", "they", "there"} and (
        before not in _SUBJECTS and not before.endswith("'s")
    )
