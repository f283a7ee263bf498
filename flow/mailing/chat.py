"""Posts a text to a chat's web-hook, where web-hooks may go; what goes wrong becomes a code."""

from __future__ import annotations

import json
from collections.abc import Callable

from pydantic import SecretStr

from core.outward import OutwardError, check_url
from core.settings import Settings
from flow.mailing.smtp import NotSentError
from flow.service.sending import post
from models.webhooks import REASONS, rules_of

_TOO_MANY = 429
_LOOKED_UP_LATER = "no_such_host"  # the one refusal of an address that time may mend


def send_text(
    text: str, url: SecretStr, chat_id: str | None, settings: Settings, handing: Callable[[], bool]
) -> None:
    """Posts ``{"text": ..., "chat_id": ...}``, as Telegram, Slack and Mattermost take it.

    It goes by the rules of `webhooks`: https to the internet, else to `webhooks.allow_networks`.

    Raises:
        NotSentError: the address is refused or does not take it, or the claim was lost.
    """
    rules = rules_of(settings.webhooks)
    address = url.get_secret_value()
    try:
        check_url(address, rules)
    except OutwardError as error:
        raise NotSentError(str(error), for_good=True) from error
    if not handing():
        raise NotSentError("claim_lost")
    body = {"text": text} | ({"chat_id": chat_id} if chat_id is not None else {})
    content = json.dumps(body, ensure_ascii=False).encode()
    answer = post(address, {}, content, rules=rules, timeout_s=settings.webhooks.timeout_s)
    if answer.taken:
        return
    if answer.status is None:
        code = answer.error or "broken_off"
        refused = code in REASONS and code != _LOOKED_UP_LATER
        raise NotSentError(code, for_good=refused, sure=not answer.begun)
    # What the web-hook moved to is not followed: it would lead anywhere.
    of_no_use = 300 <= answer.status < 500 and answer.status != _TOO_MANY
    raise NotSentError(f"status_{answer.status}", for_good=of_no_use)
