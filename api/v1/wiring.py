"""Puts the API into the app."""

from __future__ import annotations

from fastapi import FastAPI

from api.service import Service
from api.v1 import (
    actions,
    audio,
    calls,
    coverage,
    deals,
    docs,
    figure_files,
    figure_query,
    figures,
    flags,
    intake,
    pipelines,
    recordings,
    transcripts,
    work,
)
from api.v1.describing import describe
from api.v1.failing import add_failures
from api.v1.keys import KeyGate


def add_api(app: FastAPI, service: Service) -> None:
    """Adds the API, its page and its problem details.

    The pages are there already: elsewhere than under `/api` their answers to what goes wrong stay.
    """
    app.state.key_gate = KeyGate(service)
    for part in (
        calls,
        transcripts,
        audio,
        actions,
        deals,
        flags,
        coverage,
        figure_query,
        figure_files,
        figures,
        pipelines,
        recordings,
        intake,
        work,
        docs,
    ):
        app.include_router(part.routes)
    add_failures(app)
    describe(app)
