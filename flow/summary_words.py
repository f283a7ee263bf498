"""The words of the terminal's summary, in English and in Russian, the explanations' language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flow.report.words import words_of


@dataclass(frozen=True, slots=True)
class Words:
    """What the summary says in one language; names in braces are filled in."""

    not_backed: str = "Deals whose stage is not backed: {ahead} of {deals}"
    behind: str = "Cards behind their deal: {deals}"
    unknown: str = "Cannot be told: {deals}"
    backed: str = "Backed: {deals}"
    standing: str = "card at «{recorded}», really at «{verified}»"
    more: str = "and {more} more"
    flags: str = "Flags: {counts}"
    of_severity: str = "{count} {severity}"
    more_flags: str = "and {more} more of this severity"
    coverage: str = "Coverage: calls {calls} ({minutes:.0f} min), understood {understood}"
    tied: str = "tied to a deal {tied}; answered without a recording {missing}"
    unusable: str = "Recordings that could not be used: {errors}"
    more_errors: str = "and {more} more (all are in the JSON)"
    again: str = (
        "Heard again: {quotes} decisive quotes, {same} the same, {otherwise} otherwise, "
        "{unclear} unclear ({heard_s:.0f} s decoded)"
    )
    severities: Mapping[str, str] = field(default_factory=dict)  # the codes themselves where none
    kinds: Mapping[str, str] = field(default_factory=dict)


ENGLISH = Words()
RUSSIAN = Words(
    not_backed="Сделки, чья стадия не подтверждена: {ahead} из {deals}",
    behind="Карточки, отставшие от сделки: {deals}",
    unknown="Доказать нельзя: {deals}",
    backed="Подтверждены: {deals}",
    standing="карточка на «{recorded}», на деле «{verified}»",
    more="и ещё {more}",
    flags="Флаги: {counts}",
    of_severity="{severity} {count}",
    more_flags="и ещё {more} этой важности",
    coverage="Охват: звонков {calls} ({minutes:.0f} мин), понято {understood}",
    tied="привязано к сделкам {tied}; отвечено, но не записано {missing}",
    unusable="Записи, которые не удалось использовать: {errors}",
    more_errors="и ещё {more} (все в JSON)",
    again=(
        "Переслушано решающих цитат: {quotes}; так же {same}, иначе {otherwise}, "
        "неясно {unclear} (раскодировано {heard_s:.0f} с)"
    ),
    severities=words_of("ru")["severity"],
    kinds=words_of("ru")["flag"],
)


def words_for(environment: Mapping[str, str]) -> Words:
    """The words for a user's locale: Russian where its messages are, else English.

    Args:
        environment: the process's; `LC_ALL` before `LC_MESSAGES` before `LANG`, as POSIX has it.
    """
    chosen = (environment.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return RUSSIAN if next(filter(None, chosen), "").startswith("ru") else ENGLISH
