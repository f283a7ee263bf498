"""Scores of calls, and the page for the supervisor, from the last verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from flow.output import write_files
from flow.result import run_result, told_in
from flow.scoring import Scores, score_calls
from flow.service.workplace import Situation, Workplace
from models.session import reading
from models.store.hearing import load_understood
from models.store.intake import current_calls, load_problems
from models.store.runs import latest_run, load_verification


def work_on_report(place: Workplace) -> None:
    """Scores the calls and writes the page; of many recordings it shows the newest.

    Raises:
        StagecheckError: the database or the disk is not usable now.
    """
    situation = place.situation()
    with reading(place.database) as session:
        recorded, unrecorded = current_calls(session, place.source)
        run = latest_run(session, place.source, place.crm)
    if run is None or place.request.html is None:
        return
    shown = recorded[-place.settings.service.report_calls :]
    scores = score_calls(situation.around, shown, unrecorded, situation.question.checklist)
    write_files({place.request.html: _page(place, situation, run[0], shown, scores)})


def _page(
    place: Workplace, situation: Situation, run: int, shown: Sequence[int], scores: Scores
) -> str:
    from flow.report import render_report

    snapshot = situation.question.snapshot
    with reading(place.database) as session:
        verification = load_verification(session, run, situation.around.zone)
        understood = load_understood(session, shown, situation.around.zone)
        problems = load_problems(session, place.source)
    zone = ZoneInfo(snapshot.timezone)
    result = run_result(snapshot, understood, verification, problems, zone)
    language = place.settings.service.report_language
    told = told_in(language, result, verification, zone)
    return render_report(told, snapshot, situation.question.stage_keys, scores, language)
