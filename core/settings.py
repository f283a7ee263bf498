"""Everything that can be set, typed and documented; docs/settings.md is tested against it.

Values come from, in order of trust: the command line, the environment
(``STAGECHECK_SPEECH__BEAM_SIZE=1``), a TOML file (``stagecheck.toml`` in the working
folder or the one named by ``STAGECHECK_CONFIG``), the defaults below.
"""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from core.access_settings import AccessSettings
from core.alert_settings import AlertSettings
from core.api_settings import ApiSettings
from core.crm_settings import CrmSettings
from core.figures_settings import FiguresSettings
from core.judge_settings import JudgeSettings
from core.keeping_settings import KeepingSettings
from core.mail_settings import MailSettings, ReportSettings
from core.oidc_settings import OidcSettings
from core.sealing_settings import SealingSettings
from core.section import Section
from core.service_settings import ServiceSettings
from core.sftp_settings import SftpSettings
from core.speech_settings import SpeechSettings
from core.watch_settings import WatchSettings
from core.webhook_settings import WebhookSettings


class SettingsError(Exception):
    """A setting is unknown or has a wrong value; the message names it and the place."""


FILENAME_GROUPS = frozenset(
    {"date", "time", "epoch", "from", "to", "other", "extension", "direction"}
    | {"call_id", "agent", "deal_id"}
)


class PbxSettings(Section):
    """One telephone system that recordings come from."""

    timezone: str | None = Field(
        default=None,
        description="IANA time zone of the dates in file names; the CRM snapshot's where unset",
    )
    cdr_timezone: str | None = Field(
        default=None,
        description="IANA time zone of the dates in the CDR (Asterisk with usegmtime=yes: UTC); "
        "`timezone` where unset",
    )
    filename_patterns: tuple[str, ...] = Field(
        default=(),
        description="further recording names as regular expressions with named groups "
        "(date, time, epoch, from, to, other, extension, direction, call_id, agent, deal_id), "
        "tried first",
    )
    agent_channel: Literal[0, 1] | None = Field(
        default=None, description="channel of the agent in stereo recordings; inferred where unset"
    )
    own_numbers: tuple[str, ...] = Field(
        default=(), description="our own outside numbers (DIDs, trunks); never a client"
    )
    company_names: tuple[str, ...] = Field(
        default=(),
        description="what our agents call our company on the telephone; where unset, what stands "
        "in quotation marks in the names of the agent's pipelines",
    )
    region: str = Field(default="RU", description="country whose numbers need no country code")
    area_code: str | None = Field(
        default=None, description="area code that seven-digit city numbers belong to"
    )
    extension_max_digits: int = Field(
        default=5, ge=2, le=7, description="a number this long or shorter is an extension"
    )

    @field_validator("timezone", "cdr_timezone")
    @classmethod
    def _known_zone(cls, name: str | None) -> str | None:
        if name is not None:
            try:
                ZoneInfo(name)
            except (ZoneInfoNotFoundError, ValueError) as error:
                raise ValueError(f"`{name}` is no IANA time zone (Europe/Moscow is one)") from error
        return name

    @field_validator("filename_patterns")
    @classmethod
    def _usable_patterns(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in patterns:
            try:
                groups = set(re.compile(pattern).groupindex)
            except re.error as error:
                raise ValueError(f"`{pattern}` is no regular expression: {error}") from error
            if not groups or groups - FILENAME_GROUPS:
                known = ", ".join(sorted(FILENAME_GROUPS))
                raise ValueError(f"`{pattern}` needs named groups, each one of: {known}")
        return patterns


SourceName = Annotated[str, Field(pattern=r"^[^\s./\\][^/\\]*$")]


class MatchingSettings(Section):
    """How a call finds its deal."""

    ambiguous_margin: float = Field(
        default=0.1, ge=0, le=1, description="two deals closer than this in score stay ambiguous"
    )
    shared_number_contacts: int = Field(
        default=3, ge=1, description="a number on more contacts than this names nobody"
    )
    created_after_hours: float = Field(
        default=18, ge=0, description="a card made within this many hours after a call may be its"
    )
    won_deal_days: int = Field(
        default=30, ge=0, description="days after winning in which a deal still gets its calls"
    )
    lost_deal_days: int = Field(
        default=7, ge=0, description="days after losing in which a deal still gets its calls"
    )
    call_activity_minutes: float = Field(
        default=10, ge=0, description="how far the CRM's record of a call may be from the call"
    )


class VerificationSettings(Section):
    """How evidence is held against a stage's demands."""

    holidays_country: str = Field(default="RU", description="country of the holiday calendar")
    working_hours: tuple[int, int] = Field(
        default=(9, 18), description="first and last hour of a working day"
    )
    pipelines_folder: Path | None = Field(
        default=None, description="folder with own pipeline files beside the packaged ones"
    )
    checklist: Path | None = Field(
        default=None,
        description="file with an own checklist of a good call; the packaged one where unset",
    )
    lead_in_hours: int = Field(
        default=24, ge=0, description="how long before the card evidence already counts for it"
    )
    card_minutes: int = Field(
        default=15, ge=0, description="minutes in which a card is made or moved after a call"
    )
    call_back_tolerance_minutes: int = Field(
        default=30, ge=0, description="how late an agreed hour is still kept"
    )
    undated_promise_days: int = Field(
        default=30, ge=1, description="days after which a promise without a date counts as broken"
    )
    recordings_margin_days: int = Field(
        default=7,
        ge=0,
        description="a deal at most so much older than the first recording is judged by what "
        "came after it",
    )
    silence_working_hours: float = Field(
        default=9,
        ge=0,
        description="working hours without a call or a line of the ledger after which a telephone "
        "system may have stopped sending; also three times as long as ever before",
    )
    automatic_subjects: tuple[str, ...] = Field(
        default=("автоответ", "автоматический ответ", "auto-reply", "autoreply", "automatic reply"),
        description="beginnings of the subjects of messages that no person wrote",
    )
    meeting_not_held: str = Field(
        default=r"не состоял|не приш[её]л|не пришл|не приех|не яв[иы]л"
        r"|встреч\w* (была )?(отмен|перенес)|^(отмен|перенес|перенос|cancel|no[ -]?show|postpon)",
        description="regular expression of results that say that a meeting did not take place",
    )
    call_not_reached: str = Field(
        default=r"не ?дозвон|недозвон|не ответил|нет ответа|не взял|занят|no answer|busy|missed",
        description="regular expression of results of CRM calls that reached nobody",
    )


class Settings(BaseSettings):
    """All settings of stagecheck."""

    model_config = SettingsConfigDict(
        env_prefix="STAGECHECK_",
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
    )

    pbx: PbxSettings = Field(default_factory=PbxSettings)
    sources: dict[SourceName, PbxSettings] = Field(
        default_factory=dict,
        description="`[sources.<account>]`: a telephone system whose recordings lie in the folder "
        "`<account>`; what is set here counts there instead of `[pbx]`, and its CDR speaks of "
        "its recordings only",
    )
    speech: SpeechSettings = Field(default_factory=SpeechSettings)
    matching: MatchingSettings = Field(default_factory=MatchingSettings)
    verification: VerificationSettings = Field(default_factory=VerificationSettings)
    crm: CrmSettings = Field(default_factory=CrmSettings)
    judge: JudgeSettings = Field(default_factory=JudgeSettings)
    sftp: SftpSettings = Field(default_factory=SftpSettings)
    service: ServiceSettings = Field(default_factory=ServiceSettings)
    access: AccessSettings = Field(default_factory=AccessSettings)
    oidc: OidcSettings = Field(default_factory=OidcSettings)
    api: ApiSettings = Field(default_factory=ApiSettings)
    alerts: AlertSettings = Field(default_factory=AlertSettings)
    sealing: SealingSettings = Field(default_factory=SealingSettings)
    keeping: KeepingSettings = Field(default_factory=KeepingSettings)
    watch: WatchSettings = Field(default_factory=WatchSettings)
    webhooks: WebhookSettings = Field(default_factory=WebhookSettings)
    mail: MailSettings = Field(default_factory=MailSettings)
    reports: ReportSettings = Field(default_factory=ReportSettings)
    figures: FiguresSettings = Field(default_factory=FiguresSettings)

    @model_validator(mode="after")
    def _somebody_gets_in(self) -> Self:
        if self.access.passwords == "admins" and self.oidc.issuer is None:
            raise ValueError(
                "`access.passwords` is `admins`, so `oidc.issuer` must say where all others log in"
            )
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - not a source of ours
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - not a source of ours
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Command line first, then the environment, then the file."""
        toml = TomlConfigSettingsSource(settings_cls, toml_file=_config_file())
        return (init_settings, env_settings, toml)


def _config_file() -> Path:
    return Path(os.environ.get("STAGECHECK_CONFIG", "stagecheck.toml"))


def load_settings() -> Settings:
    """Reads the settings of this process.

    Raises:
        SettingsError: a key is unknown, a value is wrong or the file is no TOML.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise SettingsError(
            f"setting `{where}` ({_config_file()} or the environment): {first['msg']}. "
            "docs/settings.md lists every setting."
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{_config_file()}: not a TOML file: {error}") from error
