"""What holds for every text and every clock time: no exception, nothing in the past, no loss."""

from __future__ import annotations

from datetime import datetime, time, timedelta, timezone

from hypothesis import given, settings
from hypothesis import strategies as st

from classify.dates import combine, find_times, slot_value
from classify.numbers import find_amounts


def words_of(line: str) -> list[str]:
    return line.split()


UNHURRIED = settings(deadline=None)  # the first word loads the dictionary
MOSCOW = timezone(timedelta(hours=3))
CALLS = st.datetimes(
    min_value=datetime(2024, 1, 1),  # noqa: DTZ001 - the strategy adds the zone
    max_value=datetime(2030, 12, 31),  # noqa: DTZ001 - the strategy adds the zone
    timezones=st.just(MOSCOW),
)
WORDS = words_of(
    "в во на до к с через завтра сегодня вчера пятницу среда три два двадцать шестого пятое "
    "полтретьего без четверти час часа часов минут дня вечера утра недели неделю следующей "
    "прошлой декабря января половине не или давайте 15:00 15-00 26.11 31.02 26-го 1030 2026 года "
    "ноль числа обеда конца между и около пару полчаса назад . , - ? тысяч рублей"
)
HOURS = [
    *words_of(
        "ноль час два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать "
        "тринадцать четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать двадцать"
    ),
    "двадцать один",
    "двадцать два",
    "двадцать три",
]
TENS = {10: "десять", 20: "двадцать", 30: "тридцать", 40: "сорок", 50: "пятьдесят"}
ONES = words_of("один два три четыре пять шесть семь восемь девять")
BEGUN = words_of(
    "первого второго третьего четвёртого пятого шестого седьмого восьмого девятого десятого "
    "одиннадцатого двенадцатого"
)


def minute_words(minute: int) -> str:
    """Minutes as they follow an hour: «ноль-ноль», «ноль пять», «сорок пять»."""
    if minute == 0:
        return "ноль-ноль"
    if minute < 10:
        return f"ноль {ONES[minute - 1]}"
    if 10 < minute < 20:
        return HOURS[minute]
    rest = f" {ONES[minute % 10 - 1]}" if minute % 10 else ""
    return TENS[minute // 10 * 10] + rest


@UNHURRIED
@given(text=st.text(max_size=120), call=CALLS)
def test_any_text_is_survived(text: str, call: datetime) -> None:
    for language in ("ru", "en"):
        for mention in find_times(text, call, language=language):
            assert text[mention.start : mention.end] == mention.text


@UNHURRIED
@given(words=st.lists(st.sampled_from(WORDS), max_size=12), call=CALLS)
def test_any_jumble_of_time_words_is_survived(words: list[str], call: datetime) -> None:
    text = " ".join(words)
    mentions = find_times(text, call)
    slot = slot_value(combine(mentions, call), MOSCOW)
    assert set(slot) <= {"date", "datetime"}
    assert all(text[m.start : m.end] == m.text for m in mentions)
    assert [m.start for m in mentions] == sorted(m.start for m in mentions)


@UNHURRIED
@given(hour=st.integers(9, 23), minute=st.integers(0, 59), call=CALLS)
def test_a_clock_time_in_words_comes_back(hour: int, minute: int, call: datetime) -> None:
    spoken = f"завтра в {HOURS[hour]} {minute_words(minute)}"
    slot = combine(find_times(spoken, call), call)
    assert slot.time == time(hour, minute), spoken
    assert slot.date == (call + timedelta(days=1)).date()


@UNHURRIED
@given(hour=st.integers(0, 23), minute=st.integers(0, 59), call=CALLS)
def test_a_clock_time_in_digits_comes_back(hour: int, minute: int, call: datetime) -> None:
    written = f"завтра в {hour:02d}:{minute:02d}"
    assert combine(find_times(written, call), call).time == time(hour, minute)


@UNHURRIED
@given(hour=st.integers(1, 12), minute=st.sampled_from([5, 10, 15, 20, 25]), call=CALLS)
def test_minutes_before_and_into_the_hour(hour: int, minute: int, call: datetime) -> None:
    """«Десять минут третьего» and «полтретьего» fall into the hour before the one named."""
    words = {5: "пять", 10: "десять", 15: "пятнадцать", 20: "двадцать", 25: "двадцать пять"}
    into = combine(find_times(f"завтра в {words[minute]} минут {BEGUN[hour - 1]}", call), call)
    half = combine(find_times(f"завтра в половине {BEGUN[hour - 1]}", call), call)
    base = (hour - 1) or 12
    expected = base + 12 if base < 8 else base
    assert into.time == time(expected, minute)
    assert half.time == time(expected, 30)


@UNHURRIED
@given(
    phrase=st.sampled_from(
        [
            "в понедельник",
            "к пятнице",
            "в следующий вторник",
            "пятого",
            "тридцать первого",
            "через три дня",
            "послезавтра",
            "на следующей неделе в четверг",
            "двадцать девятого числа в десять",
        ]
    ),
    call=CALLS,
)
def test_what_is_not_past_lies_ahead(phrase: str, call: datetime) -> None:
    for mention in find_times(phrase, call, past=False):
        if mention.date is not None and not mention.past:
            assert mention.date >= call.date()


@UNHURRIED
@given(weekday=st.integers(0, 6), call=CALLS)
def test_a_weekday_is_the_next_or_the_last_one(weekday: int, call: datetime) -> None:
    names = words_of("понедельник вторник среду четверг пятницу субботу воскресенье")
    (ahead,) = find_times(f"в {names[weekday]}", call, past=False)
    (gone,) = find_times(f"в {names[weekday]}", call, past=True)
    assert ahead.date is not None
    assert gone.date is not None
    assert ahead.date.weekday() == gone.date.weekday() == weekday
    assert 1 <= (ahead.date - call.date()).days <= 7
    assert 1 <= (call.date() - gone.date).days <= 7
    assert gone.past
    assert not ahead.past


@UNHURRIED
@given(
    pattern=st.sampled_from(
        [
            "через {} лет",
            "через {} минут",
            "{} дней назад",
            "дней через {}",
            "{} декабря",
            "в {}",
            "in {} years",
            "{} weeks from Friday",
            "{}к",
            "{} рублей",
            "{},{} млн",
            "{}.12.2026",
        ]
    ),
    digits=st.integers(0, 6000),
    call=CALLS,
)
def test_monstrous_numbers_are_survived(pattern: str, digits: int, call: datetime) -> None:
    text = pattern.format("9" * digits, "9" * digits)
    for language in ("ru", "en"):
        combine(find_times(text, call, language=language), call)
        find_amounts(text, language=language)


def test_letters_of_no_alphabet_we_know_are_survived() -> None:
    call = datetime(2026, 11, 17, 10, 0, tzinfo=MOSCOW)
    for text in ("2'𗀀", "в пять 𗀀𗀀𗀀𗀀𗀀𗀀", "завтра ﷽ 三 в три", "двадцать пятого ñ̃"):
        find_times(text, call)
        find_amounts(text)
