"""What every CRM adapter must do: a test file makes a `world` and takes over `CrmContract`."""

from __future__ import annotations

from tests.integration.crm.contract_reading import FailingContract, ReadingContract
from tests.integration.crm.contract_writing import WritingContract
from tests.integration.crm.contracted import everything, gathered

__all__ = ["CrmContract", "everything", "gathered"]


class CrmContract(ReadingContract, FailingContract, WritingContract):
    """The contract. A test file gives the fixture `world`."""
