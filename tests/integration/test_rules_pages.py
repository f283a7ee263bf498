"""Changing the rules on the pages: a lock, a preview that comes true, publishing and going back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from classify.flips import flips_between
from classify.pipeline_file import rule_texts
from core.clock import now
from core.settings import Settings
from flow.editions import published_rules
from flow.findings import sightings_in
from flow.service import preview_work
from flow.service.workplace import Workplace
from models.session import reading, transaction
from models.store.audit import read_audit
from models.store.decisions import NewDecision, decide
from models.store.digests import verification_digest
from models.store.jobs import ask_for
from models.store.rule_previews import flips_of, note_step
from models.store.rules import editions_of
from models.store.runs import latest_run, load_verification
from models.tables import FindingRow, JobRow, RulePreviewRow
from models.vocabulary.access import Reach, Role
from models.vocabulary.review import DecisionKind, Sighting
from models.vocabulary.rules import FlipKind
from models.vocabulary.verdict import Verification
from models.vocabulary.work import JobKind, Lane, Want
from tests.fakes.pages_office import add_person, asking, log_in
from tests.fakes.small_service import build_office, do_what_waits, opened, work_off

ALL = Reach(everybody=True)
WEB = rule_texts(None)["web_studio"]
STRICTER = WEB.replace(
    "      - id: classified.conversation\n",
    """      - id: classified.note
        severity: critical
        title: {ru: "Есть заметка", en: "There is a note"}
        failure: {ru: "Заметки нет", en: "There is no note"}
        check: {kind: activity, type: note}
        examples:
          passes: [{activities: [{type: note, at: 2026-11-10T11:00:00}]}]
          fails: [{activities: []}]

      - id: classified.conversation
""",
)
PAGE = "/rules/web_studio"


@dataclass
class Office:
    place: Workplace
    olga: TestClient
    csrf: str

    def post(self, path: str, **form: object) -> int:
        answer = self.olga.post(f"{PAGE}{path}", data={"csrf": self.csrf, **form})
        self.text, self.to = answer.text, answer.headers.get("location", "")
        return answer.status_code

    def judge(self) -> Verification:
        want = Want(JobKind.VERDICTS, self.place.source, Lane.FRESH, now(), 60)
        with transaction(self.place.database) as session:
            ask_for(session, [want], now())
        do_what_waits(self.place)
        return self.verdicts()

    def verdicts(self) -> Verification:
        with reading(self.place.database) as session:
            run = latest_run(session, self.place.source, self.place.crm)
            assert run
            return load_verification(session, run[0], ZoneInfo("Europe/Moscow"))

    def shown(self, verification: Verification) -> list[Sighting]:
        situation = self.place.situation()
        with reading(self.place.database) as session:
            return sightings_in(
                session, verification, situation.question.snapshot, self.place.settings.access
            )

    def events(self) -> list[tuple[str, str]]:
        with reading(self.place.database) as session:
            told = [entry for _, entry in read_audit(session) if entry.event.startswith("rules")]
        return [(one.event, one.who) for one in reversed(told)]


@contextmanager
def office(folder: Path, url: str, pipelines_folder: Path | None = None) -> Iterator[Office]:
    request = replace(build_office(folder), db=url)
    rules = {"pipelines_folder": pipelines_folder}
    settings = Settings.model_validate({"service": {"settle_s": 0}, "verification": rules})
    with opened(request, settings=settings) as place, asking(request.state, settings, url) as olga:
        add_person(place.database, "olga", Role.HEAD)
        work_off(place)
        yield Office(place, olga, log_in(olga, "olga"))


def test_a_preview_tells_what_publishing_then_does_and_going_back_undoes_it(
    tmp_path: Path, database_url: str
) -> None:
    with office(tmp_path, database_url) as house:
        before = house.judge()
        sights_before = house.shown(before)
        with transaction(house.place.database) as session:
            finding = session.scalars(
                select(FindingRow).where(FindingRow.kind == "stage_ahead_of_reality")
            ).one()
            confirm = NewDecision(finding.id, DecisionKind.CONFIRM, finding.version, None, "olga")
            decide(session, confirm, now())
        assert house.post("/draft", text=STRICTER, version=0, then="preview") == 303
        address = house.to
        assert re.fullmatch(r"/rules/web_studio/previews/\d+", address)
        waiting = house.olga.get(address)
        assert "hx-trigger" in waiting.text
        assert "<progress" in waiting.text
        do_what_waits(house.place)
        assert house.verdicts() == before, "a preview changes no verdict"
        number = int(address.rpartition("/")[2])
        with reading(house.place.database) as session:
            told = [flip for _, flip in flips_of(session, number, ALL)]
        done = house.olga.get(address)
        assert "hx-trigger" not in done.text
        assert "/deals/1001" in done.text
        assert "люди подтвердили" in done.text
        assert "Запросите проверку заново" not in done.text

        assert house.post("/publish", version=1, after=0, note="Нужна задача") == 303, house.text
        do_what_waits(house.place)
        after = house.verdicts()
        assert verification_digest(after) != verification_digest(before)
        really = flips_between(
            (before, sights_before), (after, house.shown(after)), {"1001": "u101", "1002": "u101"}
        )
        assert [replace(one, finding=None, decided=None) for one in told] == really
        stage = next(one for one in told if one.kind is FlipKind.STAGE and one.deal_id == "1001")
        assert (stage.after, stage.decided) == ("classified", "confirmed")
        assert stage.finding == finding.id
        assert ("classified.note", None, "missing") in [
            (one.subject, one.before, one.after) for one in told
        ]
        assert "Запросите проверку заново" in house.olga.get(address).text

        assert house.post("/back", version=1, after=2) == 303
        do_what_waits(house.place)
        assert verification_digest(house.verdicts()) == verification_digest(before)
        page = house.olga.get(f"{PAGE}?done=rolled_back").text
        assert "возвращена версия 1" in page
        assert "Нужна задача" in page
        assert house.events() == [
            ("rules draft saved", "olga"), ("rules preview asked", "olga"),
            ("rules published", "olga"), ("rules rolled back", "olga"),
        ]  # fmt: skip


def test_verdicts_name_the_rules_that_they_were_given_by(tmp_path: Path, database_url: str) -> None:
    with office(tmp_path, database_url) as house:
        name = "classified.note"
        house.judge()
        house.post("/draft", text=STRICTER, version=0)
        assert house.post("/publish", version=1, after=0, note="Нужна задача") == 303
        do_what_waits(house.place)
        published = published_rules(house.place.database)["web_studio"]
        rules = {one.id: one.rule_hash for _, _, one in published.requirements()}
        assert _hash(house.verdicts(), name) == rules[name]


def _hash(verification: Verification, name: str) -> str:
    [deal, *_] = verification.deals
    return next(one.rule_hash for one in deal.requirements if one.requirement_id == name)


def test_two_who_edit_at_once_get_a_clear_answer(tmp_path: Path, database_url: str) -> None:
    with office(tmp_path, database_url) as house:
        add_person(house.place.database, "anton", Role.HEAD)
        with asking(house.place.request.state, house.place.settings, database_url) as anton:
            csrf = log_in(anton, "anton")

            def antons(path: str, **form: object) -> tuple[int, str]:
                answer = anton.post(f"{PAGE}{path}", data={"csrf": csrf, **form})
                return answer.status_code, answer.text

            assert house.post("/draft", text=WEB + "# olga\n", version=0) == 303
            code, text = antons("/draft", text=WEB + "# anton\n", version=0)
            assert code == 409
            assert "черновик сохранил Olga" in text
            assert "# anton" in text, "nothing that was typed is lost"
            assert 'name="version" value="1"' in text
            assert antons("/draft", text=WEB + "# anton\n", version=1)[0] == 303
            assert house.post("/publish", version=1, after=0, note="Мой вариант") == 409
            assert "черновик сохранил Anton" in house.text
            assert house.post("/discard", version=1) == 409
            assert house.post("/publish", version=2, after=0, note="Общий вариант") == 303
            code, text = antons("/draft", text=WEB + "# later\n", version=2)
            assert code == 409
            assert "удалили или опубликовали" in text
            assert antons("/draft", text=WEB + "# later\n", version=0)[0] == 303
            code, text = antons("/publish", version=1, after=1, note="Поверх")
            assert code == 409
            assert "Olga опубликовал версию 2" in text
            assert antons("/publish", version=1, after=2, note="Поверх")[0] == 303
            assert house.post("/back", version=1, after=2) == 409


def test_what_is_wrong_is_kept_as_a_draft_and_never_published(
    tmp_path: Path, database_url: str
) -> None:
    with office(tmp_path, database_url) as house:
        wrong = WEB.replace("kind: total", "kind: totl")
        assert house.post("/draft", text=wrong, version=0, then="preview") == 303
        assert house.to == f"{PAGE}/edit?done=saved"
        page = house.olga.get(house.to).text
        assert "Вида проверки «totl» нет" in page
        assert "data-line=" in page
        assert house.post("/publish", version=1, after=0, note="Как есть") == 422
        assert "в правилах есть ошибки" in house.text
        assert house.post("/draft", text="x" * 200_001, version=1) == 422
        assert house.post("/draft", text=WEB.replace("web_studio", "mine", 1), version=1) == 303
        assert "web_studio" in house.olga.get(f"{PAGE}/edit").text
        assert house.post("/publish", version=2, after=0, note="Чужое имя") == 422
        keyless = re.sub(r"- key: meeting\n", "- key: met\n", WEB)
        assert house.post("/draft", text=keyless, version=2) == 303
        assert house.post("/publish", version=3, after=0, note="Ключ") == 422
        assert "ссылается на этап «meeting», а его в правилах нет" in house.text
        with reading(house.place.database) as session:
            assert session.scalars(select(RulePreviewRow)).all() == []
        assert house.post("/draft", text="a\x00b", version=3) == 303


def test_publishing_asks_for_a_reason_and_a_change(tmp_path: Path, database_url: str) -> None:
    with office(tmp_path, database_url) as house:
        assert house.post("/draft", text=WEB, version=0) == 303
        assert house.post("/publish", version=1, after=0, note="Ничего") == 422
        assert "Публиковать нечего" in house.text
        assert house.post("/draft", text=STRICTER.replace("\n", "\r\n"), version=1) == 303
        assert house.post("/publish", version=2, after=0, note=" ") == 422
        assert house.post("/discard", version=2) == 303
        assert house.olga.get(f"{PAGE}/editions/1").status_code == 404
        assert house.post("/preview") == 404
        assert house.post("/back", version=7, after=0) == 404
        with reading(house.place.database) as session:
            jobs = set(session.scalars(select(JobRow.kind)))
        assert JobKind.PREVIEW.value not in jobs


RIGHTS = {
    Role.MANAGER: (200, 403), Role.SUPERVISOR: (200, 403), Role.HEAD: (200, 200),
    Role.ADMIN: (403, 403), Role.AUDITOR: (403, 403),
}  # fmt: skip


@pytest.mark.parametrize("role", list(Role))
def test_who_may_read_and_who_may_change(role: Role, tmp_path: Path, database_url: str) -> None:
    with office(tmp_path, database_url) as house:
        house.post("/draft", text=STRICTER, version=0, then="preview")
        preview = house.to
        add_person(house.place.database, "vera", role, crm_user="u101", team=["u101"])
        with asking(house.place.request.state, house.place.settings, database_url) as vera:
            csrf = log_in(vera, "vera")
            read, change = RIGHTS[role]
            for path in ("/rules", PAGE):
                assert vera.get(path).status_code == read
            for path in (f"{PAGE}/edit", preview):
                assert vera.get(path).status_code == change
            assert ("черновик:" in vera.get(PAGE).text) is (change == 200)
            for path in ("draft", "discard", "preview", "publish", "back"):
                form = {"csrf": csrf, "version": "9", "after": "9", "text": WEB, "note": "note"}
                code = vera.post(f"{PAGE}/{path}", data=form).status_code
                assert code == 403 if change == 403 else code in (303, 404, 409)
                assert vera.post(f"{PAGE}/{path}", data=form | {"csrf": "x"}).status_code == 403


def test_strangers_and_unknown_pipelines_get_nothing(tmp_path: Path, database_url: str) -> None:
    with office(tmp_path, database_url) as house:
        with asking(house.place.request.state, house.place.settings, database_url) as nobody:
            for path in ("/rules", PAGE, f"{PAGE}/edit", f"{PAGE}/previews/1"):
                assert nobody.get(path).status_code == 303
        for path in ("/rules/nowhere", "/rules/nowhere/edit", f"{PAGE}/previews/99"):
            assert house.olga.get(path).status_code == 404
        wrong = house.olga.post("/rules/nowhere/draft", data={"csrf": house.csrf, "text": "x"})
        assert wrong.status_code == 404


def test_a_preview_that_no_worker_can_do_says_why(tmp_path: Path, database_url: str) -> None:
    with office(tmp_path, database_url) as house:
        house.post("/draft", text=STRICTER, version=0, then="preview")
        with transaction(house.place.database) as session:
            session.scalars(select(RulePreviewRow)).one().text = "template: nothing"
        address = house.to
        do_what_waits(house.place)
        assert "Проверить нельзя" in house.olga.get(f"{address}?part=1").text


def test_a_pipeline_is_given_back_to_its_file_after_a_look_at_what_that_changes(
    tmp_path: Path, database_url: str
) -> None:
    with office(tmp_path, database_url) as house:
        before = house.judge()
        assert house.olga.get(f"{PAGE}/file").status_code == 404, "the file is in force"
        assert house.post("/file", after=1) == 404
        assert house.post("/draft", text=STRICTER, version=0) == 303
        assert house.post("/publish", version=1, after=0, note="Нужна задача") == 303
        do_what_waits(house.place)
        assert "Сравнить с файлом" in house.olga.get(PAGE).text
        beside = house.olga.get(f"{PAGE}/file").text
        assert "classified.note" in beside
        assert "ещё не проверяли на истории" in beside

        assert house.post("/file/preview") == 303
        address = house.to
        do_what_waits(house.place)
        found = house.olga.get(address).text
        assert "Назад к сравнению" in found
        assert "Есть заметка" in found
        assert "Запросите проверку заново" not in found
        assert address in house.olga.get(f"{PAGE}/file").text

        assert house.post("/file", after=1) == 409, "somebody published meanwhile"
        assert house.post("/file", after=2) == 303
        do_what_waits(house.place)
        assert verification_digest(house.verdicts()) == verification_digest(before)
        page = house.olga.get(f"{PAGE}?done=follows_file").text
        assert "Снова действуют правила из файла" in page
        assert "Сравнить с файлом" not in page
        assert published_rules(house.place.database) == {}
        assert house.events()[-2:] == [
            ("rules preview asked", "olga"),
            ("rules given back to the file", "olga"),
        ]
        assert "версия 3" in house.olga.get(f"{PAGE}/editions/3").text
        assert house.post("/back", version=2, after=3) == 303, "an edition can be had again"
        assert set(published_rules(house.place.database)) == {"web_studio"}


def test_a_file_that_changed_is_kept_before_it_is_out_of_force(
    tmp_path: Path, database_url: str
) -> None:
    own = tmp_path / "rules"
    own.mkdir()
    (own / "web_studio.yaml").write_text(WEB, encoding="utf-8")
    with office(tmp_path, database_url, pipelines_folder=own) as house:
        assert house.post("/draft", text=STRICTER, version=0) == 303
        assert house.post("/publish", version=1, after=0, note="Нужна задача") == 303
        assert house.post("/file", after=2) == 303
        later = WEB.replace("Заполнены сумма", "Внесены сумма")
        (own / "web_studio.yaml").write_text(later, encoding="utf-8")
        assert "Внесены сумма" in house.olga.get(PAGE).text, "the file is followed"
        assert house.post("/draft", text=STRICTER, version=0) == 303
        assert house.post("/publish", version=1, after=3, note="Нужна задача") == 303
        with reading(house.place.database) as session:
            editions = editions_of(session, "web_studio")
        assert [(one.version, one.follows_file) for one in editions] == [
            (5, False), (4, False), (3, True), (2, False), (1, False),
        ]  # fmt: skip
        assert (editions[1].text, editions[1].who) == (later, "stagecheck")


def test_a_preview_tells_how_many_deals_it_has_judged(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = list[tuple[int, ...]]()

    def noted(session: Session, preview: int, *step: int) -> None:
        told.append(step)
        note_step(session, preview, *step)

    monkeypatch.setattr(preview_work, "note_step", noted)
    monkeypatch.setattr(preview_work, "_NOTED_EVERY_S", 0.0)
    with office(tmp_path, database_url) as house:
        house.judge()
        assert house.post("/draft", text=STRICTER, version=0, then="preview") == 303
        address, number = house.to, int(house.to.rpartition("/")[2])
        with transaction(house.place.database) as session:
            note_step(session, number, 2, 1, 2)
        page = house.olga.get(f"{address}?part=1").text
        assert "Судим по черновику: 1 из 2 сделок — шаг 3 из 4" in page
        assert 'value="2.500"' in page
        do_what_waits(house.place)
    deals = [(0, 2), (1, 2), (2, 2)]
    assert told == [(0, 0, 0), *((1, *n) for n in deals), *((2, *n) for n in deals), (3, 0, 0)]
