"""A folder of recordings to fill and gather."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fakes.recordings_folder import RecordingsFolder


@pytest.fixture
def recordings(tmp_path: Path) -> RecordingsFolder:
    folder = tmp_path / "recordings"
    folder.mkdir()
    return RecordingsFolder(folder)
