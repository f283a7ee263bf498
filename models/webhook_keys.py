"""The key that the secrets of web-hooks' endpoints are sealed with."""

from __future__ import annotations

from pathlib import Path

from core.webhook_settings import WebhookSettings
from models.secret_keys import SecretKeys

KEY_FILE = "webhooks.key"


def webhook_keys(state: Path, settings: WebhookSettings) -> SecretKeys:
    """The key that the settings name, or that of the state folder."""
    return SecretKeys(
        settings.key_file or state / KEY_FILE,
        whose="the secrets of endpoints",
        setting="webhooks.key_file",
        anew="give the endpoint a new secret: `stagecheck webhook rotate`",
    )
