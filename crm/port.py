"""What a CRM adapter does for us."""

from __future__ import annotations

from typing import Protocol

from models.vocabulary.deal import CrmSnapshot


class CrmReader(Protocol):
    """A CRM, or a file that one was written to, that can be read."""

    def snapshot(self) -> CrmSnapshot:
        """Everything the CRM says at this moment.

        Raises:
            InvalidInputError: what the CRM says breaks docs/formats.md, section 2.
        """
        ...
