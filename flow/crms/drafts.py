"""`stagecheck crm draft`: rule files made of what a CRM demands on its stages."""

from __future__ import annotations

from pathlib import Path

from classify.drafting import draft_rules, template_name
from flow.crms.place import Place
from flow.output import write_files
from models.vocabulary.crm import Connection
from models.vocabulary.errors import InvalidInputError, OutputError


def write_drafts(place: Place, connection: Connection, out: Path) -> None:
    """Writes a rule file for each pipeline into a folder; files that are there stay.

    Raises:
        InvalidInputError: the CRM has no pipelines, or a file is there already.
        OutputError: the folder cannot be written to.
        CrmError: the CRM cannot be asked.
    """
    with place.asking(connection) as adapter:
        shape = adapter.shape()
    if not shape.pipelines:
        raise InvalidInputError(connection.name, "has no pipelines", "Make one in the CRM first.")
    names = {**place.settings.crm.field_names, **(connection.options.get("field_names") or {})}
    texts: dict[Path, str] = {}
    for pipeline in shape.pipelines:
        source = f"{connection.kind.value} {connection.account}"
        path = _free(out / template_name(pipeline), texts)
        text = draft_rules(pipeline, shape.demands, source=source, names=names, template=path.stem)
        texts[path] = text
    for path in texts:
        if path.exists():
            raise InvalidInputError(
                str(path), "is there already", "Name a new folder with --out, or move it away."
            )
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{out}: cannot be made ({error.strerror}). Name another.") from error
    write_files(dict(texts))
    for path in texts:
        place.ask.say(str(path))
    place.ask.say(
        f"Edit them, then: stagecheck pipelines --pipelines {out}; stagecheck crm stages "
        f"{connection.name} names them as the rules of their pipelines once "
        "`verification.pipelines_folder` is set to the folder."
    )


def _free(path: Path, taken: dict[Path, str]) -> Path:
    free, number = path.with_suffix(".yaml"), 1
    while free in taken:
        number += 1
        free = path.with_name(f"{path.name}_{number}.yaml")
    return free
