"""What our own fields of a deal are called in a CRM, by the language of what is written there."""

from __future__ import annotations

from collections.abc import Mapping

from models.vocabulary.crm_write import OwnField

NAMES: Mapping[str, Mapping[OwnField, str]] = {
    "ru": {
        OwnField.VERIFIED_STAGE: "Этап по звонкам",
        OwnField.GAP: "CRM и звонки",
        OwnField.CONFIDENCE: "Уверенность проверки, %",
        OwnField.CHECKED_AT: "Сверено со звонками",
        OwnField.LINK: "Проверка сделки",
    },
    "en": {
        OwnField.VERIFIED_STAGE: "Stage by the calls",
        OwnField.GAP: "CRM against calls",
        OwnField.CONFIDENCE: "Confidence of the check, %",
        OwnField.CHECKED_AT: "Checked against the calls",
        OwnField.LINK: "Check of the deal",
    },
}
