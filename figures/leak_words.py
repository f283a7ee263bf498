"""The sentences that say where deals are lost, and why that is the cheapest to improve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from figures.failing import Failing
from figures.funnel import Conversion, Step
from figures.tally import Tally
from figures.told import Told, counted_en, counted_ru, number_en, number_ru


@dataclass(frozen=True, slots=True)
class Gain:
    """What a step at another's level would give: `deals` more at the end of the line.

    deals = of × (level - own) × all of `later`, the conversions of the steps after it. By more
    deals at the top alone it would take `leads` more; ``None`` where none comes through.
    """

    deals: float
    of: int
    level: float
    own: float
    later: tuple[float, ...]
    leads: float | None


class Lossy(Protocol):
    """What is told of a step."""

    @property
    def name_ru(self) -> str:
        """The stage in Russian."""

    @property
    def name_en(self) -> str:
        """The stage in English."""

    @property
    def conversion(self) -> Conversion:
        """How many came to it."""

    @property
    def lost(self) -> Tally:
        """Who did not."""

    @property
    def failing(self) -> tuple[Failing, ...]:
        """What fails there."""

    @property
    def gain(self) -> Gain | None:
        """What a better one would give."""

    @property
    def is_clear(self) -> bool:
        """Whether it is hardly by chance."""


def told_leak(leak: Lossy, before: Step | None, next_worst: Step | None) -> Told:
    """How much is lost at a step, what a better one would give, and what fails there most."""
    told = _loss(leak, before)
    if next_worst is not None and leak.gain is not None:
        told += _gain(leak.gain, next_worst)
        if not leak.is_clear:
            told += Told(
                "Разница между этими шагами может быть случайной: сделок для уверенности мало.",
                "The difference between these steps may be chance: there are few deals to tell.",
            )
    return told + _what_fails(leak)


def told_nothing(ranked: Sequence[object], least: int) -> Told:
    """Why no step is named."""
    if ranked:
        return Told("Ни на одном шаге сделки не теряются.", "No step loses any deal.")
    deals_ru = counted_ru(least, "сделка", "сделки", "сделок")
    return Told(
        f"Слабый шаг не назван: на предыдущем шаге должно быть не меньше чем {deals_ru}.",
        "No weak step is named: it takes at least "
        f"{counted_en(least, 'deal', 'deals')} at the step before.",
    )


def _loss(leak: Lossy, before: Step | None) -> Told:
    share, loss = leak.conversion.share, leak.conversion.loss
    value, lost = share.value or 0.0, loss.value or 0.0
    where_ru = f"после стадии «{before.name_ru}» до стадии" if before else "до стадии"
    where_en = f"from “{before.name_en}” to" if before else "to"
    told = Told(
        f"Подтверждённо {where_ru} «{leak.name_ru}» доходит {number_ru(value)} "
        f"({share.count} из {share.of}), теряется {number_ru(lost)} "
        f"({counted_ru(loss.count, 'сделка', 'сделки', 'сделок')}).",
        f"It is proved that {where_en} “{leak.name_en}” {number_en(value)} get through "
        f"({share.count} of {share.of}); {number_en(lost)} are lost "
        f"({counted_en(loss.count, 'deal', 'deals')}).",
    )
    if leak.conversion.waiting:
        waiting = leak.conversion.waiting
        told += Told(f"Из них ещё открыты: {waiting}.", f"Of these, still open: {waiting}.")
    if leak.conversion.unknown:
        unknown = leak.conversion.unknown
        told += Told(
            f"Не в счёт те, о ком судить нельзя: {unknown}.",
            f"Not counted are those of which nobody can tell: {unknown}.",
        )
    return told


def _gain(gain: Gain, next_worst: Step) -> Told:
    later_ru = "".join(f" × {number_ru(one)}" for one in gain.later if one != 1)
    later_en = "".join(f" × {number_en(one)}" for one in gain.later if one != 1)
    level_ru, own_ru = number_ru(gain.level), number_ru(gain.own)
    level_en, own_en = number_en(gain.level), number_en(gain.own)
    told = Told(
        f"Дешевле всего улучшать слабейший шаг: на уровне следующего по слабости "
        f"(«{next_worst.name_ru}», {level_ru}) сделок в конце стало бы "
        f"больше на {number_ru(gain.deals, 1)}: {gain.of} × ({level_ru} − {own_ru}){later_ru}.",
        f"The weakest step is the cheapest to improve: at the level of the next-weakest "
        f"(“{next_worst.name_en}”, {level_en}) it would give {number_en(gain.deals, 1)} more "
        f"deals at the end: {gain.of} × ({level_en} − {own_en}){later_en}.",
    )
    if gain.leads is None:
        return told + Told(
            "Новые обращения этого не дадут: сейчас до конца не доходит ни одна сделка.",
            "More leads would not give this: no deal comes to the end now.",
        )
    return told + Told(
        f"Чтобы получить столько же одними новыми обращениями, их нужно ещё "
        f"{number_ru(gain.leads, 0)}.",
        f"To get as many by more leads alone, it would take {number_en(gain.leads, 0)} more.",
    )


def _what_fails(leak: Lossy) -> Told:
    worst = next((one for one in leak.failing if one.share.count), None)
    if worst is None:
        return Told("", "")
    count, of = worst.share.count, leak.lost.count
    return Told(
        f"Чаще всего там: «{worst.requirement.failure_ru}» ({count} из {of}).",
        f"Most often there: “{worst.requirement.failure_en}” ({count} of {of}).",
    )
