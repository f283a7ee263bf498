"""Names in speech: which company, person or subject of the CRM was named, in any case form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz, process

from classify.morphology import parses
from models.vocabulary.transcript import Segment, Speaker

_WORD = re.compile(r"[a-zа-я0-9]+")
_QUOTED = re.compile(r"[«\"“„]([^«»\"“”„]+)[»\"”“]")
_LEGAL_FORM = re.compile(
    "ооо|оао|зао|пао|ао|ип|гк|тд|нко|ано|чоп|тоо|llc|ltd|inc|gmbh|co|компания|фирма|группа"
)
_NAME_GRAMMEMES = frozenset({"Name", "Patr", "Surn"})
_ALIKE = 87.0
_UNMISTAKABLE = 92.0
_OPENING_TURNS = 3
# What stands before, or after, one's own company's name when one introduces oneself (lemmas).
_CUE_BEFORE = re.compile(
    "это|из|компания|фирма|организация|предприятие|группа|студия|магазин|салон|клуб|школа|центр"
    "|завод|цех|мастерская|агентство|клиника|ооо|оао|зао|пао|ао|ип|звать|представлять"
    "|беспокоить|звонить|приветствовать"
)
_CUE_AFTER = re.compile("слушать|приемная|офис|секретарь|беспокоить|звонить|говорить")


@dataclass(frozen=True, slots=True)
class Spoken:
    """The words of a call: plain forms, and each one's likeliest lemma."""

    forms: tuple[str, ...]
    lemmas: tuple[str, ...]

    def windows(self, size: int) -> Iterable[tuple[int, str, str]]:
        """Each stretch of `size` words: where it begins, its forms and its lemmas run together."""
        for start in range(len(self.forms) - size + 1):
            stop = start + size
            yield start, "".join(self.forms[start:stop]), "".join(self.lemmas[start:stop])


def words_of(text: str) -> tuple[str, ...]:
    """Lower-case words, «ё» as «е», hyphens as spaces."""
    return tuple(_WORD.findall(text.casefold().replace("ё", "е")))


def listen(segments: Sequence[Segment]) -> Spoken:
    """All words of the segments in order."""
    forms = tuple(word for segment in segments for word in words_of(segment.text))
    return Spoken(forms, tuple(map(_lemma, forms)))


def company_core(name: str) -> str:
    """The part of a company's name that people say: «Белый слон» of «Стоматология «Белый слон»»."""
    quoted = _QUOTED.findall(name)
    core = quoted[-1] if quoted else name
    kept = [word for word in core.split() if not _is_legal_form(word)]
    return " ".join(kept).strip(" ,.")


def person_parts(name: str) -> tuple[str, ...]:
    """First name, patronymic and surname among a contact's words («Наталья, приёмная» has one)."""
    return tuple(word for word in words_of(name) if len(word) > 2 and _is_name(word))


def is_company_said(name: str, spoken: Spoken, alike: float = _ALIKE) -> bool:
    """Whether the core of a company's name stands in the speech."""
    return company_place(name, spoken, alike) is not None


def company_place(name: str, spoken: Spoken, alike: float = _ALIKE) -> int | None:
    """The word at which a company's name begins in the speech, ``None`` where it is not said."""
    words = words_of(company_core(name))
    if not words:
        return None
    form, lemma = "".join(words), "".join(map(_lemma, words))
    least = 100.0 if len(form) < 5 else alike
    for size in {len(words), len(words) + 1, max(1, len(words) - 1)}:
        for start, said, said_lemmas in spoken.windows(size):
            if max(fuzz.ratio(form, said), fuzz.ratio(lemma, said_lemmas)) >= least:
                return start
    return None


def parts_said(name: str, spoken: Spoken, without: frozenset[str] = frozenset()) -> int:
    """How many parts of a person's name are said; `without` are parts that mean somebody else."""
    return sum(
        part not in without and _lemma(part) not in without and _is_word_said(part, spoken)
        for part in person_parts(name)
    )


def subjects_said(names: Mapping[str, str], spoken: Spoken) -> frozenset[str]:
    """The deals named by a word that is in no other deal's name («третья партия»).

    Args:
        names: deal id to the deal's name, of deals that are to be told apart.
        spoken: the call's words.
    """
    lemmas = {id_: {_lemma(w) for w in words_of(name)} for id_, name in names.items()}
    said = set(spoken.lemmas)
    found = set()
    for id_, own in lemmas.items():
        others = set().union(*(words for other, words in lemmas.items() if other != id_))
        if any(len(word) > 3 and word in said for word in own - others):
            found.add(id_)
    return frozenset(found)


def introduced_company(names: Mapping[str, str], segments: Sequence[Segment]) -> str | None:
    """The one company that the other side introduces itself as in its first turns.

    Only names of two words or more count, said almost letter by letter and introduced as
    one's own («это…», «из…», the kind of business); two companies named say nothing.

    Args:
        names: company id to name.
        segments: the call; what the agent says is left out.
    """
    turns = [s for s in segments if s.speaker is not Speaker.AGENT][:_OPENING_TURNS]
    spoken = listen(turns)
    said = _companies_said(names, spoken)
    if len(said) != 1:
        return None
    ((company_id, place),) = said.items()
    words = words_of(company_core(names[company_id]))
    before = spoken.lemmas[max(0, place - 2) : place]
    after = spoken.lemmas[place + len(words) : place + len(words) + 2]
    own_kind = set(map(_lemma, words_of(names[company_id]))) - set(map(_lemma, words))
    is_own = (
        any(_CUE_BEFORE.fullmatch(word) for word in before)
        or any(_CUE_AFTER.fullmatch(word) for word in after)
        or bool(own_kind & set(before))
    )
    return company_id if is_own else None


def _companies_said(names: Mapping[str, str], spoken: Spoken) -> dict[str, int]:
    """The companies with names of two words or more that are said, and where each begins."""
    words = {id_: words_of(company_core(name)) for id_, name in names.items()}
    cores = {id_: "".join(map(_lemma, w)) for id_, w in words.items() if len(w) > 1}
    near = process.extract(
        "".join(spoken.lemmas),
        {id_: core for id_, core in cores.items() if len(core) >= 8},
        scorer=fuzz.partial_ratio,
        processor=None,  # both sides are lower-case lemmas already
        score_cutoff=_ALIKE,
        limit=None,
    )
    places = {id_: company_place(names[id_], spoken, _UNMISTAKABLE) for _, _, id_ in near}
    return {id_: place for id_, place in places.items() if place is not None}


def _is_legal_form(word: str) -> bool:
    return any(_LEGAL_FORM.fullmatch(part) for part in words_of(word))


def _is_word_said(word: str, spoken: Spoken) -> bool:
    lemma = _lemma(word)
    return any(
        fuzz.ratio(word, form) >= _ALIKE or fuzz.ratio(lemma, said) >= _ALIKE
        for form, said in zip(spoken.forms, spoken.lemmas, strict=True)
    )


@lru_cache(maxsize=20_000)
def _lemma(word: str) -> str:
    return parses(word)[0].lemma


@lru_cache(maxsize=20_000)
def _is_name(word: str) -> bool:
    readings = parses(word)
    return any(reading.grammemes & _NAME_GRAMMEMES for reading in readings)
