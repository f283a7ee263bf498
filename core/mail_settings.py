"""Settings of mail, and of who is sent which reports."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator

from core.section import Section


class MailSettings(Section):
    """The mail server that reports are sent by."""

    host: str | None = Field(
        default=None, description="mail server (SMTP); without it no mail is sent"
    )
    port: int = Field(default=587, ge=1, le=65535, description="its port")
    security: Literal["starttls", "tls", "none"] = Field(
        default="starttls",
        description="how the connection is encrypted; `none` only within your own network, and "
        "never with a password",
    )
    user: str | None = Field(default=None, description="log-in at the mail server")
    password: SecretStr | None = Field(
        default=None, description="its password; give it as `STAGECHECK_MAIL__PASSWORD`"
    )
    password_file: Path | None = Field(
        default=None, description="file that holds the password, as containers get secrets"
    )
    sender: str = Field(default="stagecheck@localhost", description="address that mail comes from")
    ca_file: Path | None = Field(
        default=None, description="certificates (PEM) to trust beside those of this machine"
    )
    timeout_s: float = Field(default=30, gt=0, description="seconds that the server may take")

    @model_validator(mode="after")
    def _keeps_its_password(self) -> Self:
        if self.security == "none" and (self.password or self.password_file):
            raise ValueError(
                "a password is not sent unencrypted: set `mail.security` to `starttls` or `tls`"
            )
        return self


class Recipient(Section):
    """Somebody who is sent reports."""

    name: str = Field(min_length=1, description="what tells recipients apart")
    mail: str | None = Field(default=None, pattern=r"^[^@\s,;<>]+@[^@\s,;<>]+$")
    chat: SecretStr | None = Field(default=None, description="URL that texts are posted to")
    chat_id: str | None = None
    login: str | None = Field(default=None, description="account whose reach counts")
    manager: str | None = Field(default=None, description="user of the CRM")
    everybody: bool = False
    language: Literal["ru", "en"] = "ru"
    week: bool = True
    digest: bool = False
    alerts: bool = False
    weekday: int = Field(default=1, ge=1, le=7, description="1 is Monday")
    hour: int = Field(default=9, ge=0, le=23, description="in the CRM's time zone")

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.mail is None and self.chat is None:
            raise ValueError("give `mail` or `chat`")
        if sum((self.login is not None, self.manager is not None, self.everybody)) != 1:
            raise ValueError("give one of `login`, `manager` and `everybody`")
        return self


class ReportSettings(Section):
    """Who is sent which reports, and when."""

    recipients: tuple[Recipient, ...] = Field(
        default=(),
        description="`[[reports.recipients]]`: `name`; `mail` or `chat` (URL that texts are posted "
        "to, with `chat_id`); whose rows: `login`, `manager` or `everybody`; `language`; `week`, "
        "`digest`, `alerts`; `weekday` (1 is Monday) and `hour` in the CRM's time zone",
    )
    quiet_hours: tuple[int, int] = Field(
        default=(20, 8), description="hours between which no alert is sent; they wait"
    )
    alerts_per_day: int = Field(
        default=5, ge=0, description="most alerts that one person is sent in a day"
    )
    tries: int = Field(
        default=6, ge=1, description="tries to send something, each after twice the time"
    )
    every_s: float = Field(
        default=60, gt=0, description="seconds between two looks for what is to be sent"
    )

    @model_validator(mode="after")
    def _different_names(self) -> Self:
        names = [one.name for one in self.recipients]
        if len(set(names)) < len(names):
            raise ValueError("two recipients have the same name")
        if not all(0 <= hour <= 23 for hour in self.quiet_hours):
            raise ValueError("`quiet_hours` are two hours from 0 to 23")
        return self
