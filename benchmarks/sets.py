"""The labelled dialogues: which may be tuned on, which choose settings, which are the test."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DATA = Path(__file__).parents[1] / "tests" / "data"


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """Dialogues and their labels, in files side by side; `split` says what they are for."""

    name: str
    path: str
    split: str  # dev | train | votes | validation | test
    language: str = "ru"

    @property
    def texts(self) -> Path:
        """The dialogues."""
        return DATA / f"{self.path}.json"

    @property
    def truth(self) -> Path:
        """Their labels."""
        return DATA / f"{self.path}.truth.json"

    def calls(self) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        """Each dialogue with its label."""
        labels = {label["call_id"]: label for label in json.loads(self.truth.read_text("utf-8"))}
        for text in json.loads(self.texts.read_text("utf-8")):
            if text["call_id"] in labels:
                yield text, labels[text["call_id"]]


SETS = (
    LabelledSet("dev", "dev/texts", "dev"),
    LabelledSet("tune", "dialogues/tune", "train"),
    LabelledSet("tune2", "dialogues/tune2", "train"),
    LabelledSet("train3", "dialogues/train3", "train"),
    LabelledSet("train4", "dialogues/train4", "train"),
    LabelledSet("train5", "dialogues/train5", "votes"),
    LabelledSet("train6", "dialogues/train6", "train"),
    LabelledSet("train7", "dialogues/train7", "train"),
    LabelledSet("train8", "dialogues/train8", "votes"),
    LabelledSet("train9", "dialogues/train9", "votes"),
    LabelledSet("train10", "dialogues/train10", "votes"),
    LabelledSet("train11", "dialogues/train11", "votes"),
    LabelledSet("train12", "dialogues/train12", "validation"),
    LabelledSet("train13", "dialogues/train13", "votes"),
    LabelledSet("train14", "dialogues/train14", "votes"),
    LabelledSet("train15", "dialogues/train15", "votes"),
    LabelledSet("train16", "dialogues/train16", "votes"),
    LabelledSet("train17", "dialogues/train17", "votes"),
    LabelledSet("train18", "dialogues/train18", "votes"),
    LabelledSet("train19", "dialogues/train19", "votes"),
    LabelledSet("train20", "dialogues/train20", "votes"),
    LabelledSet("train21", "dialogues/train21", "votes"),
    LabelledSet("train22", "dialogues/train22", "votes"),
    LabelledSet("train23", "dialogues/train23", "votes"),
    LabelledSet("train24", "dialogues/train24", "votes"),
    LabelledSet("train25", "dialogues/train25", "votes"),
    LabelledSet("train26", "dialogues/train26", "votes"),
    LabelledSet("train27", "dialogues/train27", "votes"),
    LabelledSet("train28", "dialogues/train28", "votes"),
    LabelledSet("train29", "dialogues/train29", "votes"),
    LabelledSet("train30", "dialogues/train30", "votes"),
    LabelledSet("train31", "dialogues/train31", "votes"),
    LabelledSet("train32", "dialogues/train32", "votes"),
    LabelledSet("train33", "dialogues/train33", "votes"),
    LabelledSet("train34", "dialogues/train34", "votes"),
    LabelledSet("train35", "dialogues/train35", "votes"),
    LabelledSet("english_train", "dialogues/english_train", "train", "en"),
    LabelledSet("english_train2", "dialogues/english_train2", "train", "en"),
    LabelledSet("english_train3", "dialogues/english_train3", "votes", "en"),
    LabelledSet("english_train4", "dialogues/english_train4", "votes", "en"),
    LabelledSet("english_train5", "dialogues/english_train5", "validation", "en"),
    LabelledSet("english_train6", "dialogues/english_train6", "votes", "en"),
    LabelledSet("english_train7", "dialogues/english_train7", "votes", "en"),
    LabelledSet("english_train8", "dialogues/english_train8", "votes", "en"),
    LabelledSet("english_train9", "dialogues/english_train9", "votes", "en"),
    LabelledSet("english_train10", "dialogues/english_train10", "votes", "en"),
    LabelledSet("english_train11", "dialogues/english_train11", "votes", "en"),
    LabelledSet("english_train12", "dialogues/english_train12", "votes", "en"),
    LabelledSet("english_train13", "dialogues/english_train13", "votes", "en"),
    LabelledSet("english_train14", "dialogues/english_train14", "votes", "en"),
    LabelledSet("english_train15", "dialogues/english_train15", "votes", "en"),
    LabelledSet("english_train16", "dialogues/english_train16", "votes", "en"),
    LabelledSet("english_train17", "dialogues/english_train17", "votes", "en"),
    LabelledSet("english_train18", "dialogues/english_train18", "votes", "en"),
    LabelledSet("validation", "dialogues/validation", "validation"),
    LabelledSet("held_out", "dialogues/held_out", "test"),
    LabelledSet("test2", "dialogues/test2", "test"),
    LabelledSet("english_test", "dialogues/english_test", "test", "en"),
)
VALIDATION = tuple(one for one in SETS if one.split == "validation")
TEST = tuple(one for one in SETS if one.split == "test")


def named(name: str) -> LabelledSet:
    """One set.

    Raises:
        KeyError: there is none of this name.
    """
    return {one.name: one for one in SETS}[name]
