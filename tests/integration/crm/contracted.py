"""What all parts of the contract stand on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import datetime

import pytest

import crm.http
from crm.port import Adapter
from crm.registry import open_crm
from models.vocabulary.crm import Batch
from models.vocabulary.crm_write import WriteKind
from tests.integration.crm.world import Can, CrmWorld


def everything(adapter: Adapter) -> Batch:
    """All parts read to their end, as one batch; what comes again replaces what came before."""
    return gathered(page.batch for part in adapter.parts for page in adapter.read(part))


def gathered(batches: Iterable[Batch]) -> Batch:
    """Several batches as one; each thing as it came last."""
    found = list(batches)
    return Batch(
        deals=tuple({one.id: one for b in found for one in b.deals}.values()),
        contacts=tuple({one.id: one for b in found for one in b.contacts}.values()),
        companies=tuple({one.id: one for b in found for one in b.companies}.values()),
        stage_changes=tuple(
            {one.id or str(one): one for b in found for one in b.stage_changes}.values()
        ),
        activities=tuple({one.id: one for b in found for one in b.activities}.values()),
        gone=tuple(dict.fromkeys(one for b in found for one in b.gone)),
        whole=frozenset().union(*(b.whole for b in found)),
    )


class Contracted:
    """Opens the adapter of a `world`, which the test file gives as a fixture."""

    @pytest.fixture(autouse=True)
    def _hurried(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(crm.http, "_FIRST_PAUSE_S", 0.01)

    @pytest.fixture
    def adapter(self, world: CrmWorld) -> Iterator[Adapter]:
        with closing(open_crm(world.kind, world.access())) as opened:
            yield opened

    def is_due(self, read: datetime | None, due: datetime) -> bool:
        """Whether a task is due when it should be; a CRM may know days only."""
        return read == due

    def needs(self, world: CrmWorld, *abilities: Can) -> None:
        missing = set(abilities) - world.can
        if missing:
            pytest.skip(f"this CRM cannot do it: {', '.join(sorted(missing))}")

    def writes(self, world: CrmWorld, kind: WriteKind) -> None:
        if kind not in world.writes:
            pytest.skip(f"this CRM takes no {kind.value}")


def tells_no_secret(world: CrmWorld, error: BaseException) -> None:
    """Fails where an error tells a token."""
    told = f"{error} {error!r} {error.__cause__!r}"
    assert not [secret for secret in world.secrets() if secret in told]
