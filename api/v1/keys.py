"""Which program asks, and what its key opens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Request

from api.access.gate import address_of
from api.service import Service
from api.v1.problems import ProblemError
from api.v1.rates import Rates
from core.clock import now
from models.session import reading, transaction
from models.store.api_keys import needs_note, note_used, shown_key
from models.store.audit import add_to_audit
from models.vocabulary.access import AuditEntry
from models.vocabulary.keys import ApiKey, Scope

_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="stagecheck"'}


class Caller:
    """A program that asks."""

    def __init__(self, service: Service, key: ApiKey, address: str) -> None:
        self.service, self.key, self.address = service, key, address

    @property
    def hears_words(self) -> bool:
        """Whether it may read what was said, and clients' numbers."""
        return self.key.opens(Scope.TRANSCRIPTS)

    def entry(self, event: str, subject: str, detail: str = "") -> AuditEntry:
        """An entry of the audit about what it does; goes with the commit of the deed."""
        return self.key.entry(now(), event, subject, detail, self.address)

    def note(self, event: str, subject: str, detail: str = "") -> None:
        """Writes down what it does where nothing else is written.

        Raises:
            StagecheckError: it cannot be; then it must not be done either.
        """
        with transaction(self.service.database()) as session:
            add_to_audit(session, self.entry(event, subject, detail))


class KeyGate:
    """Gives the program behind a request, or refuses."""

    def __init__(self, service: Service) -> None:
        settings = service.settings.api
        self._service = service
        self._rates = Rates("key", settings.requests_per_minute)
        self._refusals = Rates("refused", settings.refusals_per_minute)

    def caller(self, request: Request, scope: Scope) -> Caller:
        """The program, if its key opens `scope`.

        Raises:
            ProblemError: it does not, or too much was asked.
            StagecheckError: the database cannot be used.
        """
        key = self._key(request)
        rate = self._rates.count(key.prefix)
        request.scope["state"]["rate_headers"] = rate.headers()
        if rate.refused:
            raise ProblemError(
                "too_many_requests", f"this key may ask {rate.quota} times in a minute"
            )
        if not key.opens(scope):
            raise ProblemError(
                "missing_scope", f"the key lacks the scope `{scope.value}`", scope=scope.value
            )
        return Caller(self._service, key, address_of(request))

    def _key(self, request: Request) -> ApiKey:
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind.casefold() != "bearer" or not token.strip():
            raise self._refusal(request, "no_key", "no key was shown")
        at, database = now(), self._service.database()
        with reading(database) as session:
            key = shown_key(session, token.strip())
        if key is None or not key.counts(at):
            raise self._refusal(request, "key_refused", "the key does not count (any more)")
        if needs_note(key, at):
            with transaction(database) as session:
                note_used(session, key.id, at)
        return key

    def _refusal(self, request: Request, code: str, detail: str) -> ProblemError:
        rate = self._refusals.count(address_of(request))
        if not rate.refused:
            return ProblemError(code, detail, _CHALLENGE)
        request.scope["state"]["rate_headers"] = rate.headers()
        return ProblemError("too_many_requests", "too many requests without a right key")


def needing(scope: Scope) -> Callable[[Request], Caller]:
    """A dependency: the program that asks, if its key opens `scope`."""

    def caller(request: Request) -> Caller:
        gate: KeyGate = request.app.state.key_gate
        found = gate.caller(request, scope)
        _refuse_odd(request)
        return found

    return caller


Reads = Annotated[Caller, Depends(needing(Scope.READ))]
Hears = Annotated[Caller, Depends(needing(Scope.TRANSCRIPTS))]
Plays = Annotated[Caller, Depends(needing(Scope.AUDIO))]
Writes = Annotated[Caller, Depends(needing(Scope.WRITE))]
Administers = Annotated[Caller, Depends(needing(Scope.ADMIN))]


def _refuse_odd(request: Request) -> None:
    """Refuses what no database takes, and parameters that nobody knows (a filter mistyped).

    Of one that is given twice it would not be clear which one counts.
    """
    known = request.app.state.known_parameters(request)
    asked = request.query_params.multi_items()
    given = Counter(name for name, _ in asked)
    for name, value in asked:
        if name not in known:
            allowed = ", ".join(sorted(known)) or "none"
            raise _wrong(name, "unknown", f"is no parameter here (there are: {allowed})")
        if given[name] > 1:
            raise _wrong(name, "given twice", "is given more than once")
        if "\0" in value:
            raise _wrong(name, "holds a NUL character", "holds a NUL character")
    if "\0" in request.url.path or "\0" in request.scope["path"]:
        raise ProblemError("not_found", "there is no such thing")


def _wrong(name: str, problem: str, told: str) -> ProblemError:
    name = name[:60]
    errors = [{"where": f"query.{name}", "problem": problem}]
    return ProblemError("invalid_parameter", f"`{name}` {told}", errors=errors)
