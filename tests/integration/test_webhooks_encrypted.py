"""Over HTTPS the certificate must be the host's, although an address is connected to."""

from __future__ import annotations

import ipaddress
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from core.outward import Rules
from core.signing import new_secret
from flow.service import sending
from flow.service.sending import Answer, send
from models.vocabulary.event import Event, EventType

HOST = "hooks.example"


def certificate(folder: Path) -> Path:
    """A certificate for `HOST` alone, with its key, that signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    at = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


@contextmanager
def serving(file: Path) -> Iterator[tuple[int, list[str]]]:
    """An HTTPS server on this machine; gives its port and the hosts that it was asked for."""
    hosts: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        timeout = 30

        def do_POST(self) -> None:
            hosts.append(self.headers["Host"])
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    class Server(HTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            pass

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    server = Server(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
    )
    thread.start()
    try:
        yield server.server_port, hosts
    finally:
        server.shutdown()
        server.server_close()
        thread.join(30)


def sent_to(host: str, port: int) -> Answer:
    event = Event(1, "evt_1", EventType.TEST, "webhook:1", None, None, {}, datetime.now(UTC))
    return send(
        f"https://{host}:{port}/hook",
        event,
        b"{}",
        [new_secret()],
        rules=Rules((port,), (ipaddress.ip_network("127.0.0.0/8"),)),
        timeout_s=5,
        at=event.at,
        resolve=lambda _host, _port: ["127.0.0.1"],
    )


def test_the_certificate_is_held_against_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = certificate(tmp_path)
    with serving(file) as (port, hosts):
        assert sent_to(HOST, port).error == "certificate"  # nobody here trusts it
        trust = ssl.create_default_context(cafile=str(file))
        monkeypatch.setattr(sending, "trusted_certificates", lambda: trust)
        taken = sent_to(HOST, port)
        assert (taken.status, taken.error) == (200, None)
        assert sent_to("other.example", port).error == "certificate"
        assert sent_to("127.0.0.1", port).error == "certificate"
        assert hosts == [f"{HOST}:{port}"]


def test_what_does_not_speak_tls_is_told() -> None:
    from tests.fakes.receiver import receiving

    with receiving() as plain:
        assert sent_to(HOST, plain.port).error == "tls"
        assert plain.got == []
