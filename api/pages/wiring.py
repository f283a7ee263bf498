"""Puts the pages into the app."""

from __future__ import annotations

from fastapi import FastAPI

from api.access.gate import Gate
from api.access.provider import provider_of
from api.live.feed import Feed
from api.pages import (
    accounts,
    audit,
    blind,
    bulk,
    call,
    call_changes,
    call_deal,
    calls,
    coverage,
    crm_deeds,
    crm_stages,
    crms,
    deals,
    finding,
    inbox,
    live,
    log_in,
    playing,
    provider,
    quality,
    rule_editing,
    rule_file,
    rule_previews,
    rules,
    static_files,
    system,
    team,
    webhooks,
)
from api.pages.failing import add_failures
from api.pages.figures import conveyor, drill, overview, people, plans, promises, sales, times
from api.pages.pages import Pages
from api.service import Service


def add_pages(app: FastAPI, service: Service) -> None:
    """Adds all pages and what they need.

    Raises:
        InvalidInputError: the identity provider's secret cannot be read.
    """
    app.state.pages, app.state.gate = Pages(service), Gate(service)
    app.state.provider = provider_of(service.settings.oidc)
    app.state.feed = Feed(service)
    add_failures(app, app.state.pages)
    for part in (
        static_files,
        log_in,
        provider,
        deals,
        accounts,
        system,
        audit,
        team,
        overview,
        times,
        people,
        plans,
        conveyor,
        sales,
        promises,
        drill,
        coverage,
        inbox,
        finding,
        bulk,
        blind,
        quality,
        rules,
        rule_editing,
        rule_file,
        rule_previews,
        live,
        webhooks,
        crms,
        crm_stages,
        crm_deeds,
        calls,
        call,
        call_changes,
        call_deal,
        playing,
    ):
        app.include_router(part.routes)
