"""What strangers typed stays text in CSV and in XLSX, and numbers stay numbers."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from dataclasses import replace
from datetime import timedelta

import pytest

from figures.report.csv_file import csv_of
from figures.report.document import Document
from figures.report.page import page_of
from figures.report.sheet import xlsx_of
from figures.report.weekly import Inputs, weekly_report
from figures.weeks import week_of
from tests.fakes.department import ZONE, Plan, department

FORMULA = '=HYPERLINK("https://evil.example","x")'
EVIL = {"u1": FORMULA, "u2": "@SUM(1)", "u3": " +7", "u4": "-1+1", "u5": "<b>Вера</b>"}


@pytest.fixture(scope="module")
def document() -> Document:
    """A report on people whose names were typed by somebody up to something."""
    made = department(Plan(deals=120, managers=5)).facts
    people = {key: replace(one, name=EVIL[key]) for key, one in made.people.items()}
    lines = tuple(replace(one, name="=1+1") for one in made.lines)
    facts = replace(made, people=people, lines=lines)
    week = week_of(made.as_of - timedelta(days=7), ZONE)
    inputs = Inputs({}, lambda since, until: until - since)
    return weekly_report(facts, FORMULA, week, inputs, "ru")


def test_no_field_of_the_csv_is_a_formula(document: Document) -> None:
    told = csv_of(document)
    assert told.startswith("\ufeff")
    fields = [field for line in csv.reader(io.StringIO(told[1:])) for field in line]
    assert f"'{FORMULA}" in fields
    numbers = re.compile(r"-?\d+(\.\d+)?(e-?\d+)?")
    loose = [one for one in fields if one.lstrip().startswith(tuple("=+-@"))]
    assert [one for one in loose if not numbers.fullmatch(one)] == []


def test_no_cell_of_the_workbook_is_a_formula_or_a_link(document: Document) -> None:
    with zipfile.ZipFile(io.BytesIO(xlsx_of(document))) as book:
        parts = {name: book.read(name).decode() for name in book.namelist()}
    sheets = [text for name, text in parts.items() if name.startswith("xl/worksheets/sheet")]
    assert len(sheets) > 2
    assert not [text for text in sheets if "<f>" in text or "<hyperlink" in text]
    assert "HYPERLINK" in parts["xl/sharedStrings.xml"]
    assert any(re.search(r'<c r="[A-Z]+\d+" s="\d+"><v>', text) for text in sheets)
    assert 'quotePrefix="1"' in parts["xl/styles.xml"]


def test_the_same_report_gives_the_same_workbook(document: Document) -> None:
    assert xlsx_of(document) == xlsx_of(document)


def test_a_name_with_markup_is_only_text_on_the_page(document: Document) -> None:
    page = page_of(document)
    assert "<b>Вера" not in page
    assert "&lt;b&gt;Вера" in page
    assert "<script" not in page
    assert re.findall(r"(?:src|href)=", page) == []
