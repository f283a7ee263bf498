"""The report's words: what every code of the result is called on the page, and how values look."""

from __future__ import annotations

from datetime import datetime

GAP = {
    "ahead": "впереди реальности",
    "unknown": "доказать нельзя",
    "behind": "отстаёт от реальности",
    "none": "подтверждена",
}
VERDICT = {
    "met": "выполнено",
    "missing": "не найдено",
    "contradicted": "опровергнуто",
    "late": "с опозданием",
    "pending": "ещё не время",
    "unknown": "неизвестно",
    "waived": "снято",
}
FLAG = {
    "stage_ahead_of_reality": "Стадия впереди реальности",
    "stage_behind_reality": "Стадия отстаёт от реальности",
    "slot_mismatch": "Время в CRM не то, о чём договорились",
    "proposal_without_needs": "КП без выяснения потребностей",
    "follow_up_missed": "Контакт после КП не сделан в срок",
    "no_show_of_agent": "Менеджер не перезвонил или не пришёл",
    "promise_broken": "Обещание не выполнено",
    "unregistered_lead": "Обращение без карточки",
    "missing_recording": "Нет записи состоявшегося звонка",
    "moved_without_contact": "Стадию сменили без контакта",
}
ITEM = {
    "passed": "есть",
    "failed": "нет",
    "cannot_tell": "не разобрать",
    "not_applicable": "не требуется",
}
SEVERITY = {"high": "важно", "medium": "заметно", "low": "мелочь"}
OUTCOME = {
    "conversation": "разговор",
    "voicemail": "автоответчик",
    "ivr": "голосовое меню",
    "no_answer": "не ответили",
    "gatekeeper": "секретарь",
    "wrong_number": "ошиблись номером",
    "internal": "внутренний",
    "too_short": "слишком короткий",
    "unintelligible": "неразборчиво",
}
SPEAKER = {"agent": "Менеджер", "client": "Клиент", "unknown": "Голос"}
DIRECTION = {"in": "входящий", "out": "исходящий", "internal": "внутренний"}
ACTION = {
    "greeting": "приветствие",
    "self_introduction": "представился",
    "company_introduction": "назвал компанию",
    "farewell": "прощание",
    "decision_maker_identified": "выяснен ЛПР",
    "interest_expressed": "интерес",
    "refusal": "отказ",
    "needs_clarified": "потребности выяснены",
    "budget_named": "назван бюджет",
    "objection": "возражение",
    "meeting_booked": "встреча",
    "meeting_held": "встреча была",
    "proposal_sent": "коммерческое предложение",
    "proposal_discussed": "предложение обсудили",
    "follow_up_agreed": "следующий контакт",
    "terms_agreed": "условия",
    "contract_sent": "договор",
    "contract_signed": "подписание договора",
    "invoice_sent": "счёт",
    "payment": "оплата",
    "work_accepted": "приёмка работ",
    "review_requested": "просьба об отзыве",
}
STATUS = {
    "done": "сделано",
    "promised": "обещано",
    "proposed": "предложено",
    "declined": "отклонено",
}
PROMISE = {
    "kept": "выполнено",
    "late": "с опозданием",
    "broken": "нарушено",
    "open": "срок не вышел",
    "unknown": "неизвестно",
}
SIDE = {"agent": "менеджер", "client": "клиент"}


def moment(value: str | None) -> str:
    """«17.11.2026 14:20», «17.11.2026» for a bare date, a dash for nothing."""
    if not value:
        return "—"
    form = "%d.%m.%Y" if len(value) == len("2026-11-17") else "%d.%m.%Y %H:%M"
    return datetime.fromisoformat(value).strftime(form)


def clock(seconds: float | None) -> str:
    """Seconds from the start of a recording as «01:23»."""
    if seconds is None:
        return ""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes:02d}:{rest:02d}"


def money(amount: float | None, currency: str | None) -> str:
    """«320 000 ₽» with narrow spaces, nothing for no amount."""
    if amount is None:
        return ""
    sign = {"RUB": "₽", "USD": "$", "EUR": "€"}.get(currency or "RUB", currency or "")
    return f"{amount:,.0f}".replace(",", "\u202f") + f"\u00a0{sign}"
