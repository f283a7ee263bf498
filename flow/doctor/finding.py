"""What the doctor finds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.shown import shown_name

_SHOWN = 10


class Severity(StrEnum):
    """How bad it is; a note asks for nothing."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it should be: what, with what, and what to do."""

    severity: Severity
    what: str
    remedy: str
    subjects: tuple[str, ...] = ()


def found(
    severity: Severity, what: str, remedy: str, subjects: Sequence[object]
) -> Iterator[Finding]:
    """One finding about all subjects; none where there are none. `{n}` becomes their number."""
    if subjects:
        yield Finding(
            severity,
            what.format(n=len(subjects)),
            remedy,
            tuple(shown_name(str(one)) for one in subjects),
        )


def finding_lines(finding: Finding) -> Iterator[str]:
    """A finding for people."""
    yield f"{finding.severity.value}: {finding.what}"
    for subject in finding.subjects[:_SHOWN]:
        yield f"    {subject}"
    if len(finding.subjects) > _SHOWN:
        yield f"    ... and {len(finding.subjects) - _SHOWN} more"
    yield f"  {finding.remedy}"
