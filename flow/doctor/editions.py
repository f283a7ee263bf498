"""The rules that were published: which are in force, and whether deals can be judged by them."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Engine

from flow.doctor.finding import Finding, Severity
from flow.editions import edition_in_words, proved_rules
from models.session import reading
from models.store.rules import editions_in_force
from models.vocabulary.errors import InvalidInputError


def check_editions(database: Engine) -> Iterator[Finding]:
    """Which pipelines are judged by an edition, and whether each of these is right.

    Raises:
        StagecheckError: the database cannot be used.
    """
    with reading(database) as session:
        editions = editions_in_force(session)
    for pipeline, edition in sorted(editions.items()):
        if edition.follows_file:
            continue
        try:
            proved_rules(edition)
        except InvalidInputError as error:
            yield Finding(
                Severity.ERROR, str(error), "Publish a right edition on the pages, under Rules."
            )
        else:
            yield Finding(
                Severity.NOTE,
                f"{pipeline}: {edition_in_words(edition)}, and not its rule file",
                "Where the file should be, go back to it on the pages, under Rules.",
            )
