"""Whatever a PBX, a CRM or a person wrote becomes one number, or none."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.vocabulary.phone import Phone, is_hidden_number, normalise_phone

ANNA = "+79161234567"
OFFICE = "+74951234567"


@pytest.mark.parametrize(
    ("written", "e164", "extension"),
    [
        ("89161234567", ANNA, None),
        ("79161234567", ANNA, None),
        ("+79161234567", ANNA, None),
        ("9161234567", ANNA, None),
        ("+7 (916) 123-45-67", ANNA, None),
        ("8 (495) 123-45-67", OFFICE, None),
        ("8-800-555-35-35", "+78005553535", None),
        ("+8 800 555 35 35", "+78005553535", None),
        ("tel:+7-916-123-45-67", ANNA, None),
        ("8 10 49 30 123456", "+4930123456", None),
        ("8 (495) 123-45-67 доб. 101", OFFICE, "101"),
        ("8 (495) 123-45-67 (доб 101)", OFFICE, "101"),
        ("84951234567 вн. 12", OFFICE, "12"),
        ("+7 495 123-45-67 ext. 12", OFFICE, "12"),
        ("+7 495 123-45-67 x12", OFFICE, "12"),
        ("84951234567,101", OFFICE, "101"),
        ("84951234567*101", OFFICE, "101"),
        ("84951234567#101", OFFICE, "101"),
        ("84951234567;ext=101", OFFICE, "101"),
        ("tel:+7-495-123-45-67;ext=101", OFFICE, "101"),
        ("sip:+79161234567;user=phone@pbx.example.org", ANNA, None),
        ("79991234567@sip", "+79991234567", None),
        ("sip:79161234567@10.0.0.1:5060", ANNA, None),
        ('"Анна" <79161234567>', ANNA, None),
        ('"Котов Денис" <104>', None, "104"),
        ("101", None, "101"),
        ("112", None, "112"),
        ("вн. 101", None, "101"),
        ("доб. 101", None, "101"),
        ("101@pbx", None, "101"),
        ("sip:101@pbx", None, "101"),
        ("+89161234567", ANNA, None),
        ("+8 (495) 123-45-67", OFFICE, None),
        ("+84951234567", OFFICE, None),
        ("+84912345678", "+84912345678", None),
        ("375291234567", "+375291234567", None),
        ("998901234567", "+998901234567", None),
        ("00380501234567", "+380501234567", None),
        ("+00380501234567", "+380501234567", None),
        ("87012345678", "+77012345678", None),
        ("789161234567", ANNA, None),
        ("779161234567", ANNA, None),
        ("+7 8 916 123-45-67", ANNA, None),
        ("+7+79161234567", ANNA, None),
        ("8 916 123-45-67 (после 10)", ANNA, None),
        ("8 916 123-45-67 10:00-19:00", ANNA, None),
        ("8 916 123-45-67 Анна", ANNA, None),
        ("т. 8.916.123.45.67", ANNA, None),
        ("моб: 8 916 123 45 67", ANNA, None),
        ("8 916 123-45-67, 8 495 123-45-67", ANNA, None),
        ("8 916 123-45-67; 8 495 123-45-67", ANNA, None),
        ("8 916 123-45-67 / 8 495 123-45-67", ANNA, None),
        ("2 этаж, 8 916 123-45-67", ANNA, None),
        ("８９１６１２３４５６７", ANNA, None),
        ("8\u00a0916\u00a0123‑45‑67", ANNA, None),
        ("anonymous", None, None),
        ("Restricted", None, None),
        ("unknown", None, None),
        ("sip:anonymous@anonymous.invalid", None, None),
        ("Неизвестный", None, None),
        ("", None, None),
        ("   ", None, None),
        ("0", None, None),
        ("00000", None, None),
        ("00000000000", None, None),
        ("1234567", None, None),
        ("12345678901234567890", None, None),
        ("Анна", None, None),
        ("s", None, None),  # the start of an Asterisk dialplan
        ("s-NOANSWER", None, None),
    ],
)
def test_every_way_of_writing(written: str, e164: str | None, extension: str | None) -> None:
    expected = Phone(e164, extension) if e164 or extension else None
    assert normalise_phone(written) == expected


def test_nothing_is_no_number() -> None:
    assert normalise_phone(None) is None


@pytest.mark.parametrize(
    ("written", "area_code", "expected"),
    [
        ("1234567", "495", OFFICE),
        ("123-45-67", "495", OFFICE),
        ("22-33-44", "4912", "+74912223344"),
        ("123-45-67", None, None),
    ],
)
def test_city_numbers_need_an_area_code(
    written: str, area_code: str | None, expected: str | None
) -> None:
    phone = normalise_phone(written, area_code=area_code)
    assert (phone.e164 if phone else None) == expected


def test_length_decides_what_an_extension_is() -> None:
    assert normalise_phone("600123", extension_max_digits=6) == Phone(None, "600123")
    assert normalise_phone("600123", extension_max_digits=5) is None


def test_other_countries_read_their_own_numbers() -> None:
    assert normalise_phone("(252) 792-8686", region="US") == Phone("+12527928686", None)
    assert normalise_phone("030 123456", region="DE") == Phone("+4930123456", None)


@pytest.mark.parametrize("region", sorted(phonenumbers.SUPPORTED_REGIONS - {"TA"}))
def test_a_valid_number_of_any_country_stays_itself(region: str) -> None:
    example = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
    assert example is not None
    e164 = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
    assert normalise_phone(e164) == Phone(e164, None)


def test_hidden_callers_are_told_from_missing_ones() -> None:
    assert is_hidden_number("Anonymous")
    assert is_hidden_number('"Unknown" <unknown>')
    assert not is_hidden_number("")
    assert not is_hidden_number(None)
    assert not is_hidden_number("79161234567")


mobile = st.integers(min_value=9_100_000_000, max_value=9_199_999_999).map(str)


@given(mobile, st.sampled_from(["", "8", "7", "+7", "+8", "78", "007", "+7 ", "8 (", "8-"]))
def test_a_prefix_never_changes_a_mobile(number: str, prefix: str) -> None:
    assert normalise_phone(prefix + number) == Phone("+7" + number, None)


@given(
    mobile,
    st.integers(min_value=1, max_value=99_999),
    st.sampled_from(["*", "#", ",", ";", " доб. ", " ext ", " вн. "]),
)
def test_an_extension_never_changes_the_number(number: str, extension: int, mark: str) -> None:
    phone = normalise_phone(f"8{number}{mark}{extension}")
    assert phone == Phone("+7" + number, str(extension))


@given(st.text(max_size=40))
def test_any_text_gives_a_valid_number_or_none(text: str) -> None:
    phone = normalise_phone(text)
    if phone is not None and phone.e164 is not None:
        assert phonenumbers.is_valid_number(phonenumbers.parse(phone.e164, None))
        assert normalise_phone(phone.e164) == Phone(phone.e164, None)


@given(st.integers(min_value=1, max_value=99_999))
def test_a_short_number_is_never_an_outside_one(number: int) -> None:
    assert normalise_phone(str(number)) == Phone(None, str(number))
