"""The containers' description: it is valid, hardened, and its commands are those of the product."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

HERE = Path(__file__).parents[2]
SECRETS = ("database_url", "broker_url", "postgres_password", "redis_password")
HOME = "/var/lib/stagecheck/"
OURS = ("sftp", "scheduler", "worker", "worker-gpu", "api")
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("compose")
    (folder / "secrets").mkdir()
    for name in SECRETS:
        (folder / "secrets" / name).write_text("secret")
    for name in ("docker-compose.yml", ".env.example"):
        shutil.copy(HERE / name, folder)
    command = ["docker-compose", "--env-file", ".env.example", "--profile", "gpu", "config"]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    described: dict[str, Any] = yaml.safe_load(done.stdout)
    return described


def test_the_image_s_description_has_nothing_that_a_linter_finds() -> None:
    linter = Path(sys.executable).with_name("hadolint")
    done = subprocess.run(
        [linter, HERE / "Dockerfile"],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (done.stdout, done.returncode) == ("", 0)


@pytest.mark.parametrize("name", [*OURS, "postgres", "redis"])
def test_a_container_has_no_more_rights_than_it_needs(name: str, described: dict[str, Any]) -> None:
    service = described["services"][name]
    assert str(service["user"]) not in ("root", "0")
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["mem_limit"]
    assert service["healthcheck"]["test"]
    assert service["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", OURS)
def test_our_containers_write_only_to_their_volumes(name: str, described: dict[str, Any]) -> None:
    assert described["services"][name]["read_only"] is True


def mounted(name: str, described: dict[str, Any]) -> dict[str, bool]:
    """The folders that a container sees, and whether it may write there."""
    found = {}
    for volume in described["services"][name]["volumes"]:
        if isinstance(volume, str):
            _, folder, *mode = volume.split(":")
            found[folder.removeprefix(HOME)] = mode != ["ro"]
        else:
            found[volume["target"].removeprefix(HOME)] = not volume.get("read_only", False)
    return found


@pytest.mark.parametrize(
    ("name", "writes", "reads"),
    [
        ("sftp", {"state"}, set()),
        ("scheduler", {"state", "recordings"}, {"crm"}),
        ("worker", {"state", "weights"}, {"recordings", "crm"}),
        ("api", {"state", "crm"}, {"recordings"}),
    ],
)
def test_each_container_sees_what_it_works_with(
    name: str, writes: set[str], reads: set[str], described: dict[str, Any]
) -> None:
    seen = mounted(name, described)
    assert {folder for folder, may_write in seen.items() if may_write} == writes
    assert {folder for folder, may_write in seen.items() if not may_write} == reads


def test_the_api_replaces_the_snapshot_that_is_read(described: dict[str, Any]) -> None:
    services = described["services"]
    file = services["api"]["environment"]["STAGECHECK_API__SNAPSHOT_FILE"]
    for name in ("scheduler", "worker"):
        assert f"--crm={file.removeprefix(HOME)}" in services[name]["command"]


def test_the_largest_snapshot_fits_into_the_memory_of_the_api(described: dict[str, Any]) -> None:
    api = described["services"]["api"]
    memory = {"m": 1, "g": 1024}[str(api["mem_limit"])[-1]] * int(str(api["mem_limit"])[:-1])
    largest = int(api["environment"]["STAGECHECK_API__SNAPSHOT_MB"])
    assert 15 * largest + 256 <= memory


def test_no_secret_stands_in_the_environment(described: dict[str, Any]) -> None:
    for service in described["services"].values():
        for key, value in service.get("environment", {}).items():
            if re.search("PASSWORD|BROKER|DATABASE", key):
                assert str(value).startswith("/run/secrets/"), key


def test_only_the_drop_box_is_open_to_others(described: dict[str, Any]) -> None:
    ports = {
        name: service["ports"]
        for name, service in described["services"].items()
        if service.get("ports")
    }
    assert set(ports) == {"sftp", "api"}
    [api] = ports["api"]
    assert str(api).startswith("127.0.0.1:")


@pytest.mark.parametrize("name", OURS)
def test_the_commands_are_the_product_s(name: str, described: dict[str, Any]) -> None:
    service = described["services"][name]
    for words in (service["command"], service["healthcheck"]["test"][2:]):
        if words[0].startswith("-"):
            continue  # a line of Python
        shown = subprocess.run(
            [sys.executable, "-m", "flow.cli", words[0], "--help"],
            capture_output=True,
            text=True,
            check=True,
            cwd=HERE,
            env={"COLUMNS": "200", "PATH": "/usr/bin"},
            timeout=120,
        ).stdout
        for option in (word.split("=")[0] for word in words[1:] if word.startswith("--")):
            assert option in shown, f"{words[0]} has no {option}"


def test_a_worker_may_end_its_call_before_it_is_killed(described: dict[str, Any]) -> None:
    assert described["services"]["worker"]["stop_grace_period"] == "5m"
