"""A real identity provider: an HTTP server that logs everybody in and signs as a test wants it to."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

CLIENT, SECRET = "stagecheck", "a secret of tests"
OURS = "ours"  # in an answer: the provider's own name
Claims = dict[str, Any]


@dataclass
class IdentityProvider:
    """Says who `person` is; `spoil` changes the claims, `sign` how they are signed."""

    port: int
    person: Claims = field(default_factory=lambda: {"sub": "1", "preferred_username": "anna"})
    spoil: Callable[[Claims], Claims] = lambda claims: claims
    sign: Callable[[IdentityProvider, Claims], str] | None = None
    answer: dict[str, str] = field(default_factory=dict)  # instead of a code
    description: Claims = field(default_factory=dict)  # on top of what it says of itself
    hangs: threading.Event | None = None
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    key: ECKey = field(default_factory=lambda: new_key("first"))

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}/realms/office"

    def signed(self, claims: Claims) -> str:
        if self.sign is not None:
            return self.sign(self, claims)
        return jwt.encode({"alg": "ES256", "kid": self.key.kid}, claims, self.key, ["ES256"])

    def described(self) -> Claims:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "end_session_endpoint": f"{self.issuer}/out",
            "id_token_signing_alg_values_supported": ["ES256", "HS256", "none"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "none"],
            "authorization_response_iss_parameter_supported": True,
            **self.description,
        }

    def authorized(self, asked: dict[str, str]) -> str:
        """Where a browser is sent that somebody logged in with."""
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        told = self.answer or {"code": code, "iss": OURS}
        told = {name: self.issuer if value == OURS else value for name, value in told.items()}
        return f"{asked['redirect_uri']}?{urlencode({'state': asked['state'], **told})}"

    def exchanged(self, asked: dict[str, str], authorization: str) -> tuple[int, Claims]:
        """What a code is worth; each is good once."""
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if authorization != f"Basic {basic}":
            return 401, {"error": "invalid_client"}
        begun = self.codes.pop(asked["code"], None)
        challenge = base64.urlsafe_b64encode(
            hashlib.sha256(asked["code_verifier"].encode()).digest()
        ).decode().rstrip("=")  # fmt: skip
        if (
            begun is None
            or asked["grant_type"] != "authorization_code"
            or begun["redirect_uri"] != asked["redirect_uri"]
            or begun["code_challenge"] != challenge
            or begun["code_challenge_method"] != "S256"
        ):
            return 400, {"error": "invalid_grant"}
        claims = {
            "iss": self.issuer,
            "aud": begun["client_id"],
            "exp": int(time.time()) + 300,
            "iat": int(time.time()),
            "nonce": begun["nonce"],
            **self.person,
        }
        told = {"access_token": secrets.token_urlsafe(16), "token_type": "Bearer"}
        return 200, told | {"id_token": self.signed(self.spoil(claims))}


def new_key(kid: str) -> ECKey:
    return ECKey.generate_key("P-256", {"kid": kid, "use": "sig", "alg": "ES256"})


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    provider: IdentityProvider

    def handle_error(self, request: object, client_address: object) -> None:
        pass


class _Handler(BaseHTTPRequestHandler):
    timeout = 30  # a client that sends no more is given up
    server: _Server

    def do_GET(self) -> None:
        provider, place = self.server.provider, urlsplit(self.path)
        query = dict(parse_qsl(place.query))
        self._note(query)
        if place.path.endswith("/openid-configuration"):
            self._json(200, provider.described())
        elif place.path.endswith("/keys"):
            self._json(200, dict(KeySet([provider.key]).as_dict()))
        elif place.path.endswith("/authorize"):
            self._send_on(provider.authorized(query))
        elif place.path.endswith("/out"):
            self._send_on(query["post_logout_redirect_uri"])

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        asked = dict(parse_qsl(body))
        self._note(asked)
        provider = self.server.provider
        self._json(*provider.exchanged(asked, self.headers.get("Authorization", "")))

    def _note(self, asked: dict[str, str]) -> None:
        provider = self.server.provider
        provider.asked.append((urlsplit(self.path).path.rpartition("/")[2], asked))
        if provider.hangs is not None:
            provider.hangs.wait(20)

    def _send_on(self, address: str) -> None:
        self.send_response(303)
        self.send_header("Location", address)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _json(self, status: int, told: Claims) -> None:
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@contextmanager
def providing() -> Iterator[IdentityProvider]:
    """A provider on this machine until the end."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.provider = IdentityProvider(server.server_port)
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
    )
    thread.start()
    try:
        yield server.provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join(30)
