"""One plain Russian sentence per verdict: what was asked, and on which facts."""

from __future__ import annotations

from datetime import datetime

from classify.evidence import Hit
from classify.verification.case import Case
from classify.verification.coverage import BlindSpot
from classify.verification.judge import Judged
from models.vocabulary.verdict import Evidence, Verdict

_QUOTE_LENGTH = 80
_FIELDS = {
    "amount": "сумма",
    "order_type": "тип заказа",
    "needs": "потребности",
    "phone": "телефон",
    "category": "категория",
    "employees": "сотрудников",
    "years_on_market": "лет на рынке",
    "turnover": "оборот",
    "region": "регион",
    "branches": "филиалов",
    "decision_maker": "отметка ЛПР",
}


def explain(case: Case, judged: Judged) -> str:
    """Why the requirement came to its verdict, for the people who read the pages."""
    title = judged.requirement.title.ru
    if judged.closed:
        return f"Сделка закрыта без продажи, больше не требуется: {_lower(title)}."
    if judged.because_of is not None:
        return _inherited(case, judged, title)
    facts = _in_brackets(evidence_words(case, judged.finding.hits))
    due = when(case, judged.finding.due)
    sentences = {
        Verdict.MET: f"{title}{facts}.",
        Verdict.WAIVED: f"Для этой сделки не требуется: {_lower(title)}.",
        Verdict.LATE: f"Сделано, но позже срока {due}: {_lower(title)}{facts}.",
        Verdict.PENDING: _pending(case, judged, title),
        Verdict.UNKNOWN: f"Не проверить: {_lower(title)} — {_what_is_missing(case, judged)}.",
    }
    failure = judged.requirement.failure.ru.rstrip(".")
    return sentences.get(judged.verdict, f"{failure}{facts}.")


def when(case: Case, moment: datetime | None) -> str:
    """A moment as the pages write it, in the CRM's time zone."""
    if moment is None:
        return "—"
    local = moment.astimezone(case.clock.calendar.zone)
    end_of_day = (local.hour, local.minute, local.second) == (23, 59, 59)
    return local.strftime("%d.%m.%Y" if end_of_day else "%d.%m.%Y %H:%M")


def evidence_words(case: Case, hits: tuple[Hit, ...], most: int = 2) -> str:
    """The strongest pieces of evidence in words."""
    chosen = sorted(hits, key=lambda hit: hit.grade)[:most]
    return "; ".join(_hit_words(case, hit) for hit in chosen)


def _hit_words(case: Case, hit: Hit) -> str:
    evidence = hit.evidence
    quote = f": «{_short(evidence.quote)}»" if evidence.quote else ""
    slot = f", время {when(case, hit.slot)}" if hit.slot else ""
    if evidence.kind == "call":
        return f"звонок {when(case, evidence.at)}{quote}{slot}"
    if evidence.id.startswith("field:"):
        return _field_words(case, evidence)
    return f"запись CRM от {when(case, evidence.at)}{quote}{slot}"


def _field_words(case: Case, evidence: Evidence) -> str:
    owner, _, name = evidence.id.removeprefix("field:").rpartition(".")
    if name == "created_at":
        return f"карточка создана {when(case, evidence.at)}"
    label = _FIELDS.get(name, name)
    if name == "name":
        label = "компания" if owner == "company" else "контакт"
    return f"{label}: {_short(evidence.quote or '')}"


def _pending(case: Case, judged: Judged, title: str) -> str:
    if judged.finding.due is not None:
        return f"Срок ещё не прошёл ({when(case, judged.finding.due)}): {_lower(title)}."
    return f"Ещё впереди: {_lower(title)}."


def _inherited(case: Case, judged: Judged, title: str) -> str:
    needed = next(r.title.ru for _, _, r in case.rules.requirements() if r.id == judged.because_of)
    if judged.verdict is Verdict.UNKNOWN:
        return f"Не проверить: {_lower(title)} — неизвестно, выполнено ли «{_lower(needed)}»."
    if judged.verdict is Verdict.PENDING:
        return f"Ещё впереди: {_lower(title)} — сначала нужно «{_lower(needed)}»."
    return f"{title} — сверять нечего, пока не выполнено «{_lower(needed)}»."


def _what_is_missing(case: Case, judged: Judged) -> str:
    calls = [spot for spot in judged.blind if spot.until is None]
    if calls:
        times = ", ".join(when(case, spot.at) for spot in calls[:3])
        if all(spot.waits for spot in calls):
            return f"разговор {times} ещё не расслушан"
        return f"нет пригодной записи разговора {times}"
    if judged.blind:
        return _silence_words(case, judged.blind[0])
    if judged.before:
        return f"это время до начала записей ({when(case, case.first_recording)})"
    return "подходящий звонок может относиться и к другой сделке клиента"


def _silence_words(case: Case, spot: BlindSpot) -> str:
    system = f"телефонной станции «{spot.id}»" if spot.id else "телефонной станции"
    if spot.until is not None and spot.until < case.as_of:
        return f"от {system} нет ни записей, ни журнала звонков за {spot.at:%d.%m.%Y}"
    return f"от {system} с {when(case, spot.at)} нет ни записей, ни журнала звонков"


def _in_brackets(facts: str) -> str:
    return f" ({facts})" if facts else ""


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _QUOTE_LENGTH else line[: _QUOTE_LENGTH - 1].rstrip() + "…"


def _lower(title: str) -> str:
    head = title.split(" ", 1)[0]
    is_abbreviation = head.isupper() and len(head) > 1
    return title if is_abbreviation else title[:1].lower() + title[1:]
