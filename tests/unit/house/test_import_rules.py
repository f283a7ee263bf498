"""The import rules cover every package and hold."""

import configparser
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
NO_PART_OF_THE_PRODUCT = {"tests", "benchmarks", "samples", "docs", "requirements", "build"}


def _contract() -> configparser.ConfigParser:
    parser = configparser.ConfigParser()
    parser.read(ROOT / ".importlinter", encoding="utf-8")
    return parser


def test_every_top_level_package_has_a_floor() -> None:
    with_code = {
        folder.name
        for folder in ROOT.iterdir()
        if folder.is_dir()
        and not folder.name.startswith(".")
        and not folder.name.endswith(".egg-info")
        and any(folder.rglob("*.py"))
    }
    contract = _contract()
    declared = set(contract["importlinter"]["root_packages"].split())
    floors = set(contract["importlinter:contract:house"]["layers"].replace("|", " ").split())

    assert with_code - NO_PART_OF_THE_PRODUCT == declared == floors


def test_no_module_lies_beside_the_packages() -> None:
    assert sorted(path.name for path in ROOT.glob("*.py")) == []


def test_the_rules_hold() -> None:
    result = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert result.returncode == 0, result.stdout + result.stderr
