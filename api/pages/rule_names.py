"""What stages and requirements are called in the reader's language."""

from __future__ import annotations

from api.pages.wording import Words
from classify.verification.rules import Requirement, StageRules


def stage_name(stage: StageRules, words: Words) -> str:
    """What a stage is called."""
    names = stage.names.en if words.language == "en" else stage.names.ru
    return names[0] if names else stage.key


def title_of(requirement: Requirement, words: Words) -> str:
    """What a requirement asks, in short."""
    return requirement.title.en if words.language == "en" else requirement.title.ru
