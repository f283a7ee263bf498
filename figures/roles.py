"""The roles of the conveyor as data: what each takes in, makes and owns (`roles.yaml`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from core.packaged import read_packaged
from figures.told import Told
from models.vocabulary.action import ActionType

Stages = Mapping[str, frozenset[str]]  # keys of stages by template


@dataclass(frozen=True, slots=True)
class Side:
    """What a role takes in or makes; the kinds are told in the data file."""

    kind: str
    name: Told
    actions: frozenset[ActionType]
    stages: Stages


@dataclass(frozen=True, slots=True)
class RoleRule:
    """One role of the conveyor."""

    role: str
    name: Told
    makes: Side
    takes: Side
    owns: Stages


@cache
def role_rules() -> tuple[RoleRule, ...]:
    """The roles that stagecheck knows, in the order of the conveyor."""
    body = read_packaged(files("figures") / "roles.yaml")
    return tuple(
        RoleRule(
            role=one["role"],
            name=Told(one["name"]["ru"], one["name"]["en"]),
            makes=_side(one["makes"]),
            takes=_side(one["takes"]),
            owns=_stages(one["owns"]),
        )
        for one in body
    )


def _side(body: Mapping[str, Any]) -> Side:
    return Side(
        kind=body["kind"],
        name=Told(body["ru"], body["en"]),
        actions=frozenset(map(ActionType, body.get("actions", ()))),
        stages=_stages(body.get("stages", {})),
    )


def _stages(body: Mapping[str, list[str]]) -> Stages:
    return {template: frozenset(keys) for template, keys in body.items()}
