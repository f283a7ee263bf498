"""`stagecheck crm connect` against the real server."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from flow.cli import app
from models.places import DATABASE
from tests.bottlecrm.world import BottleWorld

pytestmark = pytest.mark.bottlecrm


def test_a_token_and_an_address_are_all_it_takes(
    world: BottleWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAGECHECK_CRM__ALLOW_NETWORKS", '["127.0.0.0/8"]')
    monkeypatch.setenv("STAGECHECK_CRM__PORTS", f"[{world.gate.port}]")
    deal = world.add_deal("Лендинг")
    (secret,) = world.secrets()
    token, state = tmp_path / "token", tmp_path / "state"
    token.write_text(f"{secret}\n")
    address = f"http://127.0.0.1:{world.gate.port}"
    asked = ["connect", "bottlecrm", "--name", "sales", "--address", address]
    done = CliRunner().invoke(
        app, ["crm", *asked, "--token-file", str(token), "--yes", "--state", str(state)]
    )
    assert done.exit_code == 0, done.output
    assert "may: fields, make_fields, notes, read, tags, tasks, transcripts" in done.output
    assert "It keeps no history of stages" in " ".join(done.output.split())
    assert secret not in done.output
    assert secret.encode() not in (state / DATABASE).read_bytes()
    card = world.office.deal(deal)
    assert (card["comments"], card["custom_field_definitions"]) == ([], [])
    token.write_text("bcrm_pat_wrong\n")
    refused = CliRunner().invoke(
        app, ["crm", *asked[:3], "other", *asked[4:], "--token-file", str(token), "--yes",
              "--state", str(tmp_path / "another")],
    )  # fmt: skip
    assert refused.exit_code == 2
    assert "does not take the token" in " ".join(refused.output.split())
