"""Settings of the judge: a language model that is asked for a second hearing of a call."""

from __future__ import annotations

from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator

from core.section import Section


class JudgeSettings(Section):
    """Which language model hears calls a second time, and within which bounds; none by default."""

    endpoint: str | None = Field(
        default=None,
        description="base address of an OpenAI-compatible service (`http://127.0.0.1:11434/v1`); "
        "unset: no judge. The words of the calls are sent there",
    )
    model: str | None = Field(default=None, description="the model's name at that service")
    api_key: SecretStr | None = Field(
        default=None,
        description="key of the service, best given as `STAGECHECK_JUDGE__API_KEY`; "
        "never logged or stored",
    )
    mask_contacts: bool = Field(
        default=True,
        description="hide telephone numbers and e-mail addresses in the words that are sent",
    )
    confidence: float = Field(
        default=0.4, ge=0, le=1, description="confidence of an action that only the judge heard"
    )
    evidence_confidence: float = Field(
        default=0.5,
        ge=0,
        le=1,
        description="with a judge, actions less sure than this are shown but prove nothing",
    )
    connect_timeout_s: float = Field(
        default=5.0, gt=0, description="seconds in which the service must be reached"
    )
    timeout_s: float = Field(
        default=60.0, gt=0, description="seconds in which an answer must be there"
    )
    retries: int = Field(
        default=2, ge=0, le=10, description="further attempts after a failure that may pass"
    )
    longest_wait_s: float = Field(
        default=20.0, ge=0, description="longest pause in seconds before a further attempt"
    )
    give_up_after: int = Field(
        default=3, ge=1, description="failures in a row after which a run asks no more"
    )
    max_requests: int = Field(default=1000, ge=0, description="requests that one run may send")
    max_answer_tokens: int = Field(default=3000, ge=1, description="tokens that an answer may have")
    max_tokens_per_call: int = Field(
        default=32_000, ge=1, description="tokens of question and answer that one call may take"
    )
    max_tokens_per_run: int = Field(
        default=5_000_000, ge=0, description="tokens that all calls of one run may take"
    )

    @field_validator("endpoint")
    @classmethod
    def _usable_address(cls, address: str | None) -> str | None:
        if address is None:
            return None
        try:
            parts = urlsplit(address)
            usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        except ValueError:
            usable = False
        if not usable or parts.query or parts.fragment:
            raise ValueError("expected an address such as http://127.0.0.1:11434/v1")
        if parts.username or parts.password:
            raise ValueError("must hold no password; give the key as STAGECHECK_JUDGE__API_KEY")
        return address.rstrip("/")

    @field_validator("api_key")
    @classmethod
    def _usable_key(cls, key: SecretStr | None) -> SecretStr | None:
        plain = key.get_secret_value().strip() if key else ""
        if not plain.isascii() or not plain.isprintable():
            raise ValueError("expected one line of ASCII characters")
        return SecretStr(plain) if plain else None

    @model_validator(mode="after")
    def _model_named(self) -> Self:
        if self.endpoint is not None and not self.model:
            raise ValueError("`endpoint` is set, so `model` must name a model of that service")
        return self
