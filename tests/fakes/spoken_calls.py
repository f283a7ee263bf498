"""How tests write a call: lines that begin with the side, «а: …» the agent, «к: …» the client."""

from __future__ import annotations

from collections.abc import Callable

from models.vocabulary.action import Action, HeardCall
from models.vocabulary.transcript import Speaker

SIDES = {"а": Speaker.AGENT, "к": Speaker.CLIENT, "a": Speaker.AGENT, "c": Speaker.CLIENT}

Listen = Callable[..., HeardCall]
Found = Callable[..., list[Action]]
