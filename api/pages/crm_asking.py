"""What the pages of CRMs share: the desk, the rules in force, and a CRM that is asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from api.access.gate import Visitor
from api.pages.pages import Pages
from api.pages.rule_book import rules_in_force
from classify.verification.rules import PipelineRules
from crm.opening import open_adapter
from crm.port import Adapter
from models.connections import ConnectionDesk
from models.crm_keys import crm_keys
from models.session import reading
from models.store.connections import load_connection
from models.vocabulary.crm import Connection, Shape


def desk_of(pages: Pages, visitor: Visitor) -> ConnectionDesk:
    """Does things in the visitor's name."""
    service = pages.service
    keys = crm_keys(service.state, service.settings.crm)
    return ConnectionDesk(service.database(), keys, visitor.entry("", ""))


def known_connection(pages: Pages, number: int) -> Connection | None:
    """The connection of a number; ``None``: there is none."""
    with reading(pages.service.database()) as session:
        return load_connection(session, number)


def asked_rules(pages: Pages) -> Mapping[str, PipelineRules]:
    """The rules that deals are judged by, by template.

    Raises:
        StagecheckError: a rule file is wrong, or the database cannot be used.
    """
    with reading(pages.service.database()) as session:
        found = rules_in_force(session, pages.service.settings)
    return {name: one.rules for name, one in found.items()}


def asked_shape(pages: Pages, connection: Connection) -> Shape:
    """What the CRM says now of its pipelines, people and fields.

    Raises:
        CrmError: it cannot be asked.
    """
    with asking_crm(pages, connection) as adapter:
        return adapter.shape()


@contextmanager
def asking_crm(pages: Pages, connection: Connection) -> Iterator[Adapter]:
    """The adapter of a connection, closed afterwards."""
    service = pages.service
    adapter = open_adapter(service.database(), connection, service.state, service.settings)
    try:
        yield adapter
    finally:
        adapter.close()
