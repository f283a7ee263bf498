"""Files that hold a call which another file holds too: one is used, the others are named."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from pathlib import PurePosixPath

from ingest.merging import Described, merge_facts, said
from models.vocabulary.call import MetadataSource, RecordingProblem

_LOSSLESS = frozenset({".wav", ".wav16", ".wav48", ".flac"})


def without_copies(
    described: Sequence[Described],
) -> tuple[list[Described], list[RecordingProblem]]:
    """One recording per content and per dated name; the others as duplicates with the reason.

    Of the same bytes the best described copy stays. Of one name in several forms (WAV and
    its MP3, two legs and their mix) the one that tells most of the sound stays.
    """
    duplicates: list[RecordingProblem] = []
    kept = _choose(
        described, lambda each: each.recording.sha256, _worth, "the same bytes as", duplicates
    )
    kept = _choose(kept, _name_of_call, _sound, "another form of the same call as", duplicates)
    return kept, sorted(duplicates, key=lambda duplicate: duplicate.recording)


def _choose(
    described: Sequence[Described],
    key: Callable[[Described], Hashable],
    rank: Callable[[Described], tuple[object, ...]],
    relation: str,
    duplicates: list[RecordingProblem],
) -> list[Described]:
    groups: dict[Hashable, list[Described]] = defaultdict(list)
    for each in described:
        groups[key(each)].append(each)
    kept = []
    for same in groups.values():
        best, *others = sorted(same, key=rank)
        kept.append(best)
        for other in others:
            detail = f"{relation} {best.place}, which was used; nothing needs doing"
            duplicates.append(RecordingProblem(other.place, "duplicate", detail))
    return kept


def _worth(described: Described) -> tuple[object, ...]:
    """Sorts the best described copy first."""
    facts = merge_facts(described.facts)
    trust = list(MetadataSource).index(facts.source)
    return trust, facts.started_at is None, -len(said(facts)), described.place


def _name_of_call(described: Described) -> Hashable:
    """Folder and name without extension, where the name is a call's; else the file alone."""
    named = any(
        facts.source is MetadataSource.FILENAME and (facts.call_id or facts.started_at)
        for facts in described.facts
    )
    return (
        (described.recording.place.parent, described.recording.stem) if named else described.place
    )


def _sound(described: Described) -> tuple[object, ...]:
    """Sorts a finished stereo mix first, then two legs, lossless and long files."""
    recording = described.recording
    extension = recording.place.suffix.casefold()
    finished = extension == ".webm"  # MikoPBX's own mix of the legs, theirs left, ours right
    size = sum(file.size for file in recording.files)
    lossy = extension not in _LOSSLESS
    return not finished, -len(recording.files), lossy, -size, PurePosixPath(described.place)
