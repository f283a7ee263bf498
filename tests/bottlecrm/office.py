"""People at work in BottleCRM: an organization of its own, made and used as its pages do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx2


@dataclass(frozen=True, slots=True)
class Office:
    """One organization; `session` is what its administrator is logged in with."""

    address: str
    session: str
    user: str

    def ask(self, method: str, path: str, body: object = None, **params: str) -> Any:
        """What BottleCRM answers to the administrator.

        Raises:
            AssertionError: it refused.
        """
        answer = httpx2.request(
            method,
            f"{self.address}/api/{path}",
            json=body,
            params=params,
            headers={"authorization": f"Bearer {self.session}"},
            timeout=60,
        )
        assert answer.status_code < 300, (method, path, answer.status_code, answer.text[:500])
        return answer.json() if answer.content else None

    def token(self, *scopes: str) -> tuple[str, str]:
        """A personal access token and its id."""
        made = self.ask("POST", "profile/tokens/", {"name": "stagecheck", "scopes": list(scopes)})
        return str(made["token"]), str(made["id"])

    def deal(self, id_: str) -> Any:
        """A deal as its page shows it."""
        return self.ask("GET", f"opportunities/{id_}/")

    def tasks(self, deal: str) -> list[Any]:
        """The tasks of a deal."""
        return list(self.ask("GET", "tasks/", opportunity=deal, limit="100")["tasks"])


def enter(address: str, person: str, org: str) -> Office:
    """Logs a person in to one of their organizations."""
    outside = Office(address, person, "")
    switched = outside.ask("POST", "auth/switch-org/", {"org_id": org})
    inside = Office(address, str(switched["access_token"]), "")
    profile = inside.ask("GET", "profile/")
    return Office(address, inside.session, str(profile["user_obj"]["id"]))


def new_office(address: str, person: str, name: str) -> Office:
    """An organization with nothing in it but its administrator."""
    made = Office(address, person, "").ask("POST", "org/", {"name": name})
    return enter(address, person, str(made["org"]["id"]))
