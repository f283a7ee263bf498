"""Reports, digests and alerts go from the schedule to mailboxes and chats, each once."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlalchemy import Engine, func, select

from core.settings import Settings
from flow.mailing import editions as issuing
from flow.mailing import writing
from flow.mailing.desk import mailing, put_due
from flow.mailing.post import send_due
from models.session import reading, transaction
from models.store.facts import save_calls, save_deals, save_lines, save_people
from models.tables import CrmRow, FindingRow, MailingRow, ReportEditionRow, RunRow
from tests.fakes.a_finding import a_finding
from tests.fakes.department import Plan, department
from tests.fakes.receiver import CUT, receiving

FACTS = department(Plan(deals=60, managers=3)).facts
NEVER = threading.Event()
# Monday the 23rd, 10:00 in Moscow: the report of the week before is due.
AT = datetime(2026, 11, 23, 7, tzinfo=UTC)
LOGIN, PASSWORD = "reports", "s3cret"


class Mailbox:
    """Takes letters; `reply` refuses them."""

    def __init__(self) -> None:
        self.reply, self.got = "250 OK", list[EmailMessage]()
        self.arrived = threading.Event()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self.reply.startswith("250"):
            letter = message_from_bytes(envelope.content, policy=policy.default)
            assert isinstance(letter, EmailMessage)
            self.got.append(letter)
            self.arrived.set()
        return self.reply


@contextmanager
def served(box: Mailbox, **more: Any) -> Iterator[dict[str, Any]]:
    """A mail server on this machine; gives the settings that lead to it."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port, **more)
    server.start()
    try:
        yield {"host": "127.0.0.1", "port": port, "security": "none", "timeout_s": 10}
    finally:
        server.stop()


@pytest.fixture
def box() -> Mailbox:
    return Mailbox()


@pytest.fixture
def mail(box: Mailbox) -> Iterator[dict[str, Any]]:
    with served(box) as settings:
        yield settings


@pytest.fixture
def office(database: Engine) -> Engine:
    """A database with a judged department."""
    as_of = FACTS.as_of - timedelta(hours=1)
    with transaction(database) as session:
        session.add(CrmRow(source="/crm.json", as_of=as_of, timezone="Europe/Moscow", crm="file"))
        run = RunRow(
            source="/records", crm_source="/crm.json", state="done", started_at=as_of, errors=[]
        )
        run.as_of = as_of
        session.add(run)
        save_lines(session, "/crm.json", FACTS.lines, as_of)
        save_people(session, "/crm.json", FACTS.people.values(), as_of)
        save_deals(session, "/crm.json", FACTS.deals, FACTS.promises, as_of)
        save_calls(session, "/crm.json", FACTS.calls, as_of)
    return database


def settings_of(mail: dict[str, Any], *recipients: dict[str, Any], **more: Any) -> Settings:
    reports = {"recipients": recipients} | more.pop("reports", {})
    return Settings.model_validate({"mail": mail, "reports": reports} | more)


def someone(name: str = "head", **more: Any) -> dict[str, Any]:
    told = {"name": name, "everybody": True, "mail": f"{name}@example.ru"} | more
    return {key: value for key, value in told.items() if value is not None}


def look(office: Engine, settings: Settings, at: datetime = AT) -> None:
    """What the service does at a moment."""
    put_due(office, settings, at)
    send_due(office, settings, NEVER, lambda: at)


def editions(office: Engine) -> int:
    with reading(office) as session:
        return session.scalar(select(func.count()).select_from(ReportEditionRow)) or 0


def standing(office: Engine) -> list[tuple[str, str | None]]:
    with reading(office) as session:
        rows = session.scalars(select(MailingRow).order_by(MailingRow.id))
        return [(row.state, row.error) for row in rows]


def text_in(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def found(office: Engine, *keys: str, at: datetime, **columns: Any) -> None:
    with transaction(office) as session:
        for key in keys:
            told = {"explanation": f"Отклонение {key}", "user_id": "u1"} | columns
            session.add(a_finding(key, raised_at=at, **told))


def test_the_report_of_the_week_arrives_on_monday_and_only_once(
    office: Engine, box: Mailbox, mail: dict[str, Any]
) -> None:
    settings = settings_of(mail, someone())
    look(office, settings, AT - timedelta(hours=2))  # 08:00, and its hour is 09:00
    assert not box.got
    look(office, settings)
    look(office, settings, AT + timedelta(hours=5))
    [letter] = box.got
    assert "2026-W47" in letter["Subject"]
    files = {part.get_filename(): part.get_content() for part in letter.iter_attachments()}
    assert set(files) == {"stagecheck-2026-W47.html", "stagecheck-2026-W47.xlsx"}
    assert "<svg" in str(files["stagecheck-2026-W47.html"])
    assert bytes(files["stagecheck-2026-W47.xlsx"]).startswith(b"PK")


def test_the_service_sends_by_itself(office: Engine, box: Mailbox, mail: dict[str, Any]) -> None:
    found(office, "a", at=datetime.now(UTC) - timedelta(minutes=1))
    reports = {"every_s": 0.1, "quiet_hours": (0, 0)}
    settings = settings_of(mail, someone(week=False, alerts=True), reports=reports)
    with mailing(office, settings):
        assert box.arrived.wait(60)
    assert "Отклонение a" in text_in(box.got[0])


def test_another_try_sends_the_same_report(
    office: Engine, box: Mailbox, mail: dict[str, Any]
) -> None:
    settings = settings_of(mail, someone())
    box.reply = "451 come back later"
    look(office, settings)
    assert standing(office) == [("due", "refused_451")]
    with transaction(office) as session:  # what is learned meanwhile changes nothing
        save_deals(session, "/crm.json", FACTS.deals[:5], (), AT + timedelta(minutes=1))
    box.reply = "250 OK"
    look(office, settings, AT + timedelta(minutes=10))
    assert standing(office) == [("sent", None)]
    assert len(box.got) == editions(office) == 1


def test_mail_and_chat_of_somebody_tell_the_same_report(
    office: Engine, box: Mailbox, mail: dict[str, Any]
) -> None:
    with receiving() as chat:
        hooks = {"allow_networks": ["127.0.0.0/8"], "ports": [chat.port]}
        settings = settings_of(mail, someone(chat=chat.url, chat_id="-100"), webhooks=hooks)
        look(office, settings)
        [told] = chat.taken
    assert told.body["chat_id"] == "-100"
    assert told.body["text"].split() == text_in(box.got[0]).split()
    assert editions(office) == 1


def test_a_report_is_issued_anew_when_they_may_see_less_since(
    office: Engine, box: Mailbox, mail: dict[str, Any]
) -> None:
    box.reply = "451 come back later"
    look(office, settings_of(mail, someone()))
    box.reply = "250 OK"
    less = settings_of(mail, someone(everybody=False, manager="u1"))
    look(office, less, AT + timedelta(minutes=10))
    [letter] = box.got
    others = {one.name for one in FACTS.people.values() if one.id != "u1"}
    [page, _] = [part.get_content() for part in letter.iter_attachments()]
    assert not [name for name in others if name in str(page)]
    assert editions(office) == 2


def test_fifty_people_read_the_facts_once(
    office: Engine, box: Mailbox, mail: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    read, load = list[Any](), issuing.facts_for

    def counted(*asked: Any) -> Any:
        read.append(asked)
        return load(*asked)

    monkeypatch.setattr(writing, "facts_for", counted)
    look(office, settings_of(mail, *(someone(f"p{n}") for n in range(50))))
    assert len({letter["To"] for letter in box.got}) == 50
    assert len(read) == 1


def test_one_that_cannot_be_sent_holds_up_no_other(
    office: Engine, box: Mailbox, mail: dict[str, Any], tmp_path: Path
) -> None:
    settings = settings_of(mail, someone("gone", everybody=False, login="nobody"), someone("here"))
    look(office, settings)
    assert standing(office) == [("failed", "account_missing_or_shut"), ("sent", None)]
    broken = settings_of(mail | {"security": "starttls", "ca_file": tmp_path}, someone("new"))
    look(office, broken)
    assert standing(office)[2] == ("due", "ca_file_unusable")
    assert [letter["To"] for letter in box.got] == ["here@example.ru"]


def certificate(folder: Path) -> Path:
    """A certificate for this machine, with its key, that signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail")])
    at = datetime.now(UTC)
    own = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([own]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "mail.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


@contextmanager
def guarded(box: Mailbox, file: Path) -> Iterator[dict[str, Any]]:
    """A mail server that wants STARTTLS and a log-in."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)

    def known(*asked: Any) -> AuthResult:
        said = asked[-1]
        right = isinstance(said, LoginPassword) and said == LoginPassword(
            LOGIN.encode(), PASSWORD.encode()
        )
        return AuthResult(success=right, handled=False)

    wants = {"require_starttls": True, "auth_required": True, "authenticator": known}
    with served(box, tls_context=context, **wants) as mail:
        yield mail | {"security": "starttls", "user": LOGIN}


def test_mail_goes_encrypted_and_logged_in(office: Engine, box: Mailbox, tmp_path: Path) -> None:
    file = certificate(tmp_path)
    with guarded(box, file) as mail:
        strange = settings_of(mail | {"password": PASSWORD}, someone("a"))
        look(office, strange)  # its certificate is nobody's whom this machine trusts
        trusted = mail | {"ca_file": file}
        look(office, settings_of(trusted | {"password": "wrong"}, someone("b")))
        secret = tmp_path / "password"
        secret.write_text(f"{PASSWORD}\n")
        look(office, settings_of(trusted | {"password_file": secret}, someone("c")))
    assert standing(office) == [
        ("due", "certificate"),
        ("due", "login_refused_535"),
        ("sent", None),
    ]
    assert [letter["To"] for letter in box.got] == ["c@example.ru"]


def test_mail_goes_over_a_connection_that_is_encrypted_from_its_start(
    office: Engine, box: Mailbox, tmp_path: Path
) -> None:
    file = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    with served(box, ssl_context=context) as mail:
        encrypted = mail | {"security": "tls"}
        look(office, settings_of(encrypted, someone("a")))  # nobody vouches for the certificate
        look(office, settings_of(encrypted | {"ca_file": file}, someone("b")))
        look(office, settings_of(mail | {"timeout_s": 1}, someone("c")))  # not what it speaks
    told = standing(office)
    assert told[:2] == [("due", "certificate"), ("sent", None)]
    assert told[2][0] == "due"
    assert [letter["To"] for letter in box.got] == ["b@example.ru"]


class Hasty(Mailbox):
    """Takes the letter and hangs up where one says goodbye."""

    async def handle_QUIT(self, server: Any, _session: Any, _envelope: Any) -> str:  # noqa: N802
        server.transport.abort()
        return "221 Bye"


def test_a_letter_that_was_taken_is_sent_however_rude_the_goodbye(office: Engine) -> None:
    box = Hasty()
    with served(box) as mail:
        settings = settings_of(mail, someone())
        look(office, settings)
        look(office, settings)
    assert standing(office) == [("sent", None)]
    assert len(box.got) == 1


def test_a_chat_within_a_private_network_is_not_posted_to(office: Engine) -> None:
    with receiving() as chat:
        only_chat = someone(mail=None, chat=chat.url)
        look(office, settings_of({}, only_chat, webhooks={"ports": [chat.port]}))
        assert not chat.got
    assert standing(office) == [("failed", "address_refused")]


@pytest.mark.parametrize(
    ("answer", "state", "error"),
    [
        (500, "due", "status_500"),
        (429, "due", "status_429"),
        (403, "failed", "status_403"),
        (302, "failed", "status_302"),
        (CUT, "handed", None),  # it may have arrived: a person has to ask
    ],
)
def test_a_chat_that_does_not_take_it_is_told_of(
    office: Engine, answer: int, state: str, error: str | None
) -> None:
    with receiving() as chat:
        chat.answer, chat.location = lambda _got: answer, f"{chat.url}/elsewhere"
        hooks = {"allow_networks": ["127.0.0.0/8"], "ports": [chat.port]}
        look(office, settings_of({}, someone(mail=None, chat=chat.url), webhooks=hooks))
        assert len(chat.got) == 1
    assert standing(office) == [(state, error)]


def test_a_chat_that_nobody_serves_is_tried_again(office: Engine) -> None:
    with receiving() as chat:
        url, port = chat.url, chat.port
    hooks = {"allow_networks": ["127.0.0.0/8"], "ports": [port]}
    look(office, settings_of({}, someone(mail=None, chat=url), webhooks=hooks))
    assert standing(office) == [("due", "no_connection")]


def test_a_digest_tells_the_last_day_of_findings_once(
    office: Engine, box: Mailbox, mail: dict[str, Any]
) -> None:
    settings = settings_of(mail, someone(week=False, digest=True))
    day = datetime(2026, 11, 23, 6, tzinfo=UTC)  # 09:00 in Moscow
    found(office, "older", at=day - timedelta(hours=25))
    found(office, "yesterday", at=day - timedelta(hours=20))
    found(office, "night", at=day - timedelta(hours=3))
    found(office, "after", at=day + timedelta(minutes=30))
    found(office, "small", at=day - timedelta(hours=3), severity="low")
    found(office, "decided", at=day - timedelta(hours=3), state="confirmed")
    look(office, settings, day + timedelta(hours=1))
    look(office, settings, day + timedelta(hours=26))
    first, second = map(text_in, box.got)
    assert [key for key in ("older", "yesterday", "night", "after", "small", "decided")
            if f"Отклонение {key}" in first] == ["yesterday", "night"]  # fmt: skip
    assert "Отклонение after" in second
    assert "night" not in second


def test_alerts_wait_for_the_morning(office: Engine, box: Mailbox, mail: dict[str, Any]) -> None:
    settings = settings_of(mail, someone(week=False, alerts=True))
    night = datetime(2026, 11, 23, 20, tzinfo=UTC)  # 23:00 in Moscow
    found(office, "a", "b", at=night)
    look(office, settings, night + timedelta(minutes=1))
    assert not box.got
    morning = datetime(2026, 11, 24, 5, 1, tzinfo=UTC)
    look(office, settings, morning)
    look(office, settings, morning + timedelta(minutes=1))
    [letter] = box.got
    assert "Отклонение a" in text_in(letter)
    assert "Отклонение b" in text_in(letter)


def test_nobody_gets_more_alerts_a_day_than_the_cap(
    office: Engine, box: Mailbox, mail: dict[str, Any]
) -> None:
    settings = settings_of(mail, someone(week=False, alerts=True), reports={"alerts_per_day": 2})
    for n in range(4):
        at = AT + timedelta(hours=n)
        found(office, f"f{n}", at=at)
        look(office, settings, at + timedelta(minutes=1))
    assert len(box.got) == 2
    look(office, settings, AT + timedelta(hours=22))  # the next morning: what had to wait
    assert "Отклонение f2" in text_in(box.got[2])
    assert "Отклонение f3" in text_in(box.got[2])


def test_an_alert_tells_nobody_of_what_is_not_theirs_or_was_decided(
    office: Engine, box: Mailbox, mail: dict[str, Any]
) -> None:
    own = someone(week=False, alerts=True, everybody=False, manager="u2")
    settings = settings_of(mail, own)
    found(office, "others", at=AT, user_id="u1")
    look(office, settings, AT + timedelta(minutes=1))
    assert standing(office) == []
    found(office, "mine", at=AT, user_id="u2")
    put_due(office, settings, AT + timedelta(minutes=2))
    with transaction(office) as session:
        row = session.scalars(select(FindingRow).where(FindingRow.key == "mine")).one()
        row.state = "confirmed"
    send_due(office, settings, NEVER, lambda: AT + timedelta(minutes=3))
    assert not box.got
    assert standing(office) == [("empty", None)]
