"""What an activity is about is told by its words, and by no word that only looks alike."""

from __future__ import annotations

import pytest

from crm.activity_kinds import activity_kind
from models.vocabulary.deal import ActivityKind, ActivityType

TASKS = {
    "classify": (
        "Классифицировать заявку",
        "Обработать новую заявку с сайта",
        "квалификация лида",
        "Определить категорию клиента",
        "Qualify the lead",
        "Process new lead",
    ),
    "call": (
        "Позвонить клиенту",
        "Перезвонить в 15:00",
        "Созвон с директором",
        "Связаться с клиентом",
        "Звонок по договору",
        "Call back",
        "Набрать клиента после обеда",
    ),
    "meeting": (
        "Встреча в офисе на Садовой",
        "Позвонить и назначить встречу",
        "Выезд на объект",
        "Видеовстреча с техдиректором",
        "Meeting at the client's office",
        "Zoom с руководителем",
        "Переговоры с отделом закупок",
        "Встреча: обсудить договор",
    ),
    "proposal": (
        "Отправить КП",
        "подготовить коммерческое предложение",
        "Выслать расценки",
        "Скинуть прайс",
        "КП: лендинг",
        "Отправить КП и напомнить через день",
        "Сделать расчёт стоимости",
        "Составить смету",
        "Подготовить КП к встрече",
        "Send a quote",
        "Prepare the proposal",
        "Send price list",
        "Позвонить клиенту и отправить КП",
    ),
    "nudge": (
        "Позвонить по КП",
        "Напомнить про КП",
        "Дожать клиента",
        "Узнать решение по договору",
        "Позвонить, узнать решение",
        "Уточнить, посмотрели ли КП",
        "КП: узнать решение",
        "Напомнить об оплате счёта",
        "Получить обратную связь по предложению",
        "Follow up on the quote",
        "Follow-up",
        "Remind about the invoice",
        "Что решили?",
        "Созвониться по смете",
        "Узнать по оплате",
    ),
    "contract": (
        "Отправить договор",
        "Подписать договор и получить оплату",
        "Согласовать доп. соглашение",
        "Send the contract",
        "Проект контракта юристам",
        "Вопросы по договору",
    ),
    "invoice": (
        "Выставить счёт",
        "Счет на оплату №15",
        "Счёт по договору 12",
        "По договору выставить счёт",
        "Issue an invoice",
        "Отправить счета за октябрь",
    ),
    "act": (
        "Отправить акт выполненных работ",
        "Закрывающие документы за ноябрь",
        "Подписать акт",
        "Счёт-фактура и накладная",
        "УПД отправить",
        "Send the act of completion",
        "Акт по договору №5",
    ),
    "payment": (
        "Проверить оплату",
        "Контроль предоплаты",
        "Оплата по счёту 15",
        "Поступление денежных средств",
        "Аванс 50%",
        "Check the payment",
    ),
    "review": (
        "Запросить отзыв",
        "Попросить отзыв на Яндексе",
        "Ask for a review",
        "Взять рекомендательное письмо",
        "Оценка работы: попросить оценить нашу работу",
    ),
    "other": (
        "",
        "Уточнить актуальность",
        "Актуальный контакт ЛПР",
        "Активировать доступ",
        "Рассчитать сроки",
        "Посчитать объём",
        "Учёт и отчёт по складу",
        "Насчёт сроков",
        "За счёт чего экономия",
        "Расчётный счёт клиента",
        "Встречное предложение клиента",
        "Договориться о сроках",
        "Договорённость с подрядчиком",
        "Боль в позвоночнике",
        "Отзывчивый менеджер",
        "Квалифицированная подпись получена",
        "Контрактор из Казани",
        "Contractor list",
        "Факт отгрузки",
        "Акт сверки за квартал",
        "Навстречу клиенту",
        "Call center script",
        "Act fast",
        "В производство",
        "123",
        "🙂",
    ),
}


@pytest.mark.parametrize(
    ("kind", "subject"), [(kind, subject) for kind, many in TASKS.items() for subject in many]
)
def test_a_task_is_about_what_its_words_say(kind: str, subject: str) -> None:
    assert activity_kind(ActivityType.TASK, subject=subject) == kind


@pytest.mark.parametrize(
    ("kind", "file"),
    [
        ("proposal", "КП_Лендинг_v2.pdf"),
        ("proposal", "kp-landing.docx"),
        ("proposal", "СметаОкна.xlsx"),
        ("contract", "Договор №12 от 01.11.docx"),
        ("contract", "dogovor_12.pdf"),
        ("invoice", "Счет на оплату 45.pdf"),
        ("invoice", "schet_45.pdf"),
        ("invoice", "Invoice-001.pdf"),
        ("act", "Акт 7.pdf"),
        ("act", "akt_7.pdf"),
        ("act", "УПД-112.pdf"),
        ("act", "ТОРГ-12.pdf"),
        ("payment", "платёжка.pdf"),
        ("other", "IMG_0042.jpg"),
        ("other", "фактура ткани.jpg"),
        ("other", "contact.vcf"),
    ],
)
def test_a_file_is_about_what_its_name_says(kind: str, file: str) -> None:
    assert activity_kind(ActivityType.DOCUMENT, file=file) == kind


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("proposal", "Добрый день! Во вложении КП на сайт. После подписания договора начнём."),
        ("proposal", "Please find our quote attached."),
        ("invoice", "Высылаю счёт на оплату, реквизиты внутри"),
        ("contract", "Направляем договор на подпись."),
        ("review", "Будем рады, оставьте, пожалуйста, отзыв!\nОставьте отзыв по ссылке"),
        ("other", "Вероника, спасибо за встречу! Завтра пришлю КП."),
        ("other", "Подготовим КП до пятницы"),
        ("other", "КП пока не готово"),
        ("other", "I will send the quote tomorrow."),
        ("other", "Да, встреча в силе, звоните"),
        ("other", "Спасибо за заявку, мы перезвоним в течение часа."),
    ],
)
def test_a_message_counts_for_what_is_in_it_not_for_what_it_promises(kind: str, text: str) -> None:
    assert activity_kind(ActivityType.MESSAGE, text=text) == kind


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("proposal", "Отправил КП на почту"),
        ("contract", "Договор подписан обеими сторонами"),
        ("payment", "Поступила оплата 50 000"),
        ("other", "Клиенту нужно КП на три варианта"),
        ("other", "Обсудили КП, думает"),
        ("other", "КП не отправил, ждёт расчёт"),
    ],
)
def test_a_note_counts_only_where_the_thing_went_out(kind: str, text: str) -> None:
    assert activity_kind(ActivityType.NOTE, text=text) == kind


def test_what_the_form_settles_no_word_changes() -> None:
    assert activity_kind(ActivityType.CALL, subject="Отправить КП") is ActivityKind.CALL
    assert activity_kind(ActivityType.MEETING, text="по договору") is ActivityKind.MEETING
    assert activity_kind(ActivityType.INVOICE) is ActivityKind.INVOICE
    assert activity_kind(ActivityType.PAYMENT, subject="акт") is ActivityKind.PAYMENT


def test_the_subject_of_a_letter_tells_before_its_text() -> None:
    told = activity_kind(ActivityType.EMAIL, subject="Договор", text="Счёт во вложении")
    assert told is ActivityKind.CONTRACT
    told = activity_kind(ActivityType.EMAIL, subject="Re: вопрос", text="Счёт во вложении")
    assert told is ActivityKind.INVOICE


def test_a_client_who_asks_for_a_proposal_has_sent_none() -> None:
    told = activity_kind(ActivityType.EMAIL, subject="Запрос КП", text="Просим прислать КП")
    assert told is ActivityKind.OTHER


def test_a_text_without_end_takes_no_time() -> None:
    told = activity_kind(ActivityType.EMAIL, text="узнать " * 2_000_000)
    assert told is ActivityKind.OTHER
