"""Beside each recording: the sidecars and manifest rows that speak of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from core.documents import DocumentError, read_document
from ingest.arrival import Arrivals, shown
from ingest.cdr import Cdr, parse_cdr
from ingest.legs import Recording
from ingest.sidecar import (
    MOST_BYTES,
    ManifestRow,
    is_manifest,
    is_sidecar,
    read_manifest,
    read_sidecar,
)
from ingest.sources import Source, Sources
from ingest.tables import delimiter_of, lines_of, read_bytes, split_line, text_of
from models.vocabulary.call import CallFacts, RecordingProblem
from models.vocabulary.errors import InvalidInputError

_MOST_BAD_ROWS = 100


@dataclass(slots=True)
class Tables:
    """The CSV files of a recordings folder: manifests and call detail records."""

    manifests: list[tuple[PurePosixPath, list[ManifestRow]]] = field(default_factory=list)
    cdrs: list[Cdr] = field(default_factory=list)


def read_tables(arrivals: Arrivals, sources: Sources, *, skip: Path | None) -> Tables:
    """Reads every CSV of the folder as what it is; `skip` was read already.

    Call detail records in the folder count only where none was given (`skip` is ``None``).
    """
    tables = Tables()
    for path, place in arrivals.csv_files:
        if skip is not None and path.resolve() == skip.resolve():
            continue
        try:
            data = read_bytes(path)
            header = _first_row(data)
            if is_manifest(header):
                text = text_of(data)
                delimiter = delimiter_of(text.splitlines()[0])
                tables.manifests.append((place, read_manifest(text, shown(place), delimiter)))
            elif header:
                cdr = _read_as_cdr(data, place, sources.of(place))
                if skip is None:
                    tables.cdrs.append(cdr)
                    report_bad_rows(cdr, place, arrivals.problems)
        except (OSError, ValueError) as error:
            detail = f"the table cannot be read: {error}; correct or remove it"
            arrivals.report(place, "unusable_table", detail)
        except InvalidInputError:
            arrivals.report(
                place,
                "unusable_table",
                "the CSV is neither a manifest (it has no column `recording`) nor a call "
                "detail record of a telephone system that is known; correct or remove it",
            )
    return tables


def _read_as_cdr(data: bytes, place: PurePosixPath, source: Source) -> Cdr:
    return parse_cdr(
        data,
        shown(place),
        source.cdr_zone,
        zone_is_set=source.cdr_zone_is_set,
        account=source.account,
    )


def report_bad_rows(cdr: Cdr, place: PurePosixPath, problems: list[RecordingProblem]) -> None:
    """Notes each row of a call detail record that could not be read."""
    for line, sentence in cdr.problems[:_MOST_BAD_ROWS]:
        detail = f"{shown(place)}, line {line}: {sentence}; the row was left out, correct it"
        problems.append(RecordingProblem(shown(place), "bad_cdr_row", detail))
    more = len(cdr.problems) - _MOST_BAD_ROWS
    if more > 0:
        detail = f"{shown(place)}: {more} more rows were left out; correct the table"
        problems.append(RecordingProblem(shown(place), "bad_cdr_row", detail))


class Sidecars:
    """Finds what JSON sidecars and manifests say about a recording, and what is left over."""

    def __init__(self, arrivals: Arrivals, tables: Tables) -> None:
        self._arrivals = arrivals
        self._json = {str(place).casefold(): (path, place) for path, place in arrivals.json_files}
        self._rows = [
            (place.parent, row, shown(place)) for place, rows in tables.manifests for row in rows
        ]
        self._rows_by_name: dict[str, list[int]] = defaultdict(list)
        for at, (folder, row, _) in enumerate(self._rows):
            for name in _names_meant(folder, row.recording):
                self._rows_by_name[name].append(at)
        self._used: set[object] = set()
        self._told: set[str] = set()

    def facts_for(self, recording: Recording) -> list[CallFacts]:
        """Facts beside a recording, the closest sidecar first; problems are reported."""
        found = []
        for key in _sidecar_places(recording):
            if key in self._json:
                path, place = self._json[key]
                self._used.add(key)
                sidecar = read_sidecar(path, shown(place))
                self._report(recording, sidecar.problems)
                found.append(sidecar.facts)
        named = {at for name in _names_of(recording) for at in self._rows_by_name.get(name, ())}
        for at in sorted(named):
            sidecar = self._rows[at][1].sidecar
            self._used.add(at)
            self._report(recording, sidecar.problems)
            found.append(sidecar.facts)
        return [facts for facts in found if facts is not None]

    def report_orphans(self) -> None:
        """Notes sidecars and manifest rows whose recording did not come."""
        listed = {problem.recording for problem in self._arrivals.problems}
        unusable = {
            name for each in listed for name in (each, str(PurePosixPath(each).with_suffix("")))
        }
        for key, (path, place) in self._json.items():
            known = shown(place.with_suffix("")) in unusable
            if key not in self._used and not known and _is_sidecar_file(path):
                detail = (
                    "no recording of this name lies beside the sidecar; send it, or remove this"
                )
                self._arrivals.report(place, "recording_missing", detail)
        for at, (folder, row, manifest) in enumerate(self._rows):
            if at not in self._used:
                detail = (
                    f"{manifest}, line {row.line}: the recording is not there; "
                    "send it, or remove the row"
                )
                self._arrivals.report(folder / row.recording, "recording_missing", detail)

    def _report(self, recording: Recording, sentences: Sequence[str]) -> None:
        for sentence in sentences:
            if sentence not in self._told:
                self._told.add(sentence)
                self._arrivals.report(recording.place, "bad_sidecar", sentence)


def _first_row(data: bytes) -> list[str]:
    lines = lines_of(data)
    return split_line(lines[0], delimiter_of(lines[0])) if lines else []


def _sidecar_places(recording: Recording) -> list[str]:
    """Where a recording's sidecar may lie, as lower-case places, closest first."""
    names = []
    for file in recording.files:
        names += [f"{file.place}.json", str(file.place.with_suffix(".json"))]
    names.append(str(recording.place.with_name(recording.stem + ".json")))
    return list(dict.fromkeys(name.casefold() for name in names))


def _names_meant(folder: PurePosixPath, named: str) -> set[str]:
    """What a manifest's name may mean: a path, also from the manifest on, or any base name."""
    places = {f"/{PurePosixPath(named)}", f"/{folder / named}"}
    return places if "/" in named else places | {named}


def _names_of(recording: Recording) -> set[str]:
    """The names that a manifest may call a recording by; paths begin with a slash."""
    names = {recording.stem}
    for file in recording.files:
        names |= {file.place.name, file.place.stem}
        names |= {f"/{file.place}", f"/{file.place.with_suffix('')}"}
    return names


def _is_sidecar_file(path: Path) -> bool:
    try:
        return is_sidecar(read_document(path, MOST_BYTES))
    except (OSError, DocumentError):
        return True
