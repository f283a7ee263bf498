"""What was written into the CRM about a deal, as its page tells it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from api.pages.looks import percent
from api.pages.wording import Words
from crm.own_fields import NAMES
from models.vocabulary.crm_write import OwnField, WriteKind, WriteState
from models.vocabulary.outbox import STAYED, WrittenLine, occurrence_of

# The link is left out: it leads to the page that this stands on.
_SHOWN = (OwnField.VERIFIED_STAGE, OwnField.GAP, OwnField.CONFIDENCE, OwnField.CHECKED_AT)


@dataclass(frozen=True, slots=True)
class ToldWrite:
    """A write with its words: lines of text, or name and value of each field.

    `task` is whose task it is and until when. `problem` is why it is not there, in English;
    `stays` is what could not be taken back, in the language of what is written.
    """

    line: WrittenLine
    text: tuple[str, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    task: str = ""
    problem: str = ""
    stays: str = ""


@dataclass(frozen=True, slots=True)
class WriteTeller:
    """Tells writes: in which words, by which names of the CRM's people, and how moments look."""

    words: Words
    people: Mapping[str, str]
    moment: Callable[[datetime | None], str]

    def told(self, lines: Sequence[WrittenLine]) -> tuple[list[ToldWrite], list[ToldWrite]]:
        """The newest write about each thing, and those before it or never needed.

        `lines` are those of one deal, the newest first.
        """
        newest: list[ToldWrite] = []
        earlier: list[ToldWrite] = []
        known: set[tuple[WriteKind, str]] = set()
        for line in lines:
            thing = line.kind, occurrence_of(line.about).topic
            is_newest = line.state is not WriteState.DROPPED and thing not in known
            if is_newest:
                known.add(thing)
            (newest if is_newest else earlier).append(self._one(line))
        return newest, earlier

    def _one(self, line: WrittenLine) -> ToldWrite:
        detail, stays = line.detail or "", line.error == STAYED
        fields = tuple(self._fields(line)) if line.kind is WriteKind.FIELDS else ()
        return ToldWrite(
            line,
            text=self._text(line),
            fields=fields,
            task=self._task(line),
            problem="" if stays else detail,
            stays=detail if stays else "",
        )

    def _text(self, line: WrittenLine) -> tuple[str, ...]:
        if line.kind is WriteKind.TAG and line.content:
            on = self.words("crms.tag_on" if line.content.get("present") else "crms.tag_off")
            return (f"{on}: {line.content.get('name', '')}",)
        return tuple(str(line.content.get("text") or "").splitlines())

    def _task(self, line: WrittenLine) -> str:
        if line.kind is not WriteKind.TASK or not line.content:
            return ""
        who = self.people.get(str(line.content.get("user_id")), self.words("deals.nobody"))
        due = self.moment(_moment(line.content.get("due_at")))
        return self.words("crms.task_for", who=who, due=due)

    def _fields(self, line: WrittenLine) -> Iterator[tuple[str, str]]:
        names = NAMES["en" if self.words.language == "en" else "ru"]
        for one in _SHOWN:
            value = line.content.get(one.value)
            if value in (None, ""):
                continue
            told = str(value)
            if one is OwnField.CHECKED_AT:
                told = self.moment(_moment(value))
            elif isinstance(value, int | float):
                told = percent(value)
            yield names[one].removesuffix(", %"), told


def _moment(told: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(told))
    except ValueError:
        return None
