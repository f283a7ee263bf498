"""Files that hold a call which another file holds too: one is used, the others are named."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
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
    kept, whole = [], []
    duplicates: list[RecordingProblem] = []
    for best, others in _choose(described, lambda each: each.recording.sha256, _worth):
        kept.append(best)
        duplicates += [_duplicate(other, best, "the same bytes as") for other in others]
    for best, others in _choose(kept, _name_of_call, _sound):
        told = [facts for other in others for facts in other.facts]  # a sidecar may lie by any
        whole.append(replace(best, facts=(*best.facts, *told)))
        duplicates += [_duplicate(other, best, "the same call as") for other in others]
    return whole, sorted(duplicates, key=lambda duplicate: duplicate.recording)


def _choose(
    described: Sequence[Described],
    key: Callable[[Described], Hashable],
    rank: Callable[[Described], tuple[object, ...]],
) -> list[tuple[Described, list[Described]]]:
    """For each group the best of it and the others."""
    groups: dict[Hashable, list[Described]] = defaultdict(list)
    for each in described:
        groups[key(each)].append(each)
    ranked = [sorted(same, key=rank) if len(same) > 1 else same for same in groups.values()]
    return [(same[0], same[1:]) for same in ranked]


def _duplicate(other: Described, best: Described, relation: str) -> RecordingProblem:
    detail = f"{relation} {best.place}, which was used; nothing needs doing"
    return RecordingProblem(other.place, "duplicate", detail)


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
    recording = described.recording
    return (recording.place.parent, recording.stem) if named else described.place


def _sound(described: Described) -> tuple[object, ...]:
    """Sorts a finished stereo mix first, then two legs, lossless and long files."""
    recording = described.recording
    extension = recording.place.suffix.casefold()
    finished = extension == ".webm"  # MikoPBX's own mix of the legs, theirs left, ours right
    size = sum(file.size for file in recording.files)
    lossy = extension not in _LOSSLESS
    return not finished, -len(recording.files), lossy, -size, PurePosixPath(described.place)
