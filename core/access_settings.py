"""Settings of the pages: how long somebody stays logged in, and what reviewers may do."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from core.section import Section


class AccessSettings(Section):
    """Log-ins, and the rules of reviewing."""

    idle_minutes: float = Field(
        default=30, gt=0, description="minutes without a request after which one has to log in anew"
    )
    session_hours: float = Field(
        default=12, gt=0, description="hours after which one has to log in anew in any case"
    )
    secure_cookie: bool | None = Field(
        default=None,
        description="whether the log-in is only sent over HTTPS; by default it is, except where "
        "the pages are served to this machine alone and `oidc.pages` says nothing of HTTPS",
    )
    passwords: Literal["everybody", "admins"] = Field(
        default="everybody",
        description="who may log in with a password; `admins`: all others only at the provider "
        "of `oidc.issuer`",
    )
    tries: int = Field(
        default=5, ge=1, description="wrong passwords for one name before it has to wait"
    )
    tries_of_address: int = Field(
        default=30, ge=1, description="wrong passwords from one address before it has to wait"
    )
    tries_minutes: float = Field(
        default=15, gt=0, description="minutes over which wrong passwords are counted"
    )
    objection_days: float = Field(
        default=5, ge=0, description="days in which a manager may object to a finding"
    )
    day_minutes: int = Field(
        default=20, ge=1, description="minutes a day that a reviewer has for the inbox"
    )
    blind_share: float = Field(
        default=0.05,
        ge=0,
        le=1,
        description="share of decided findings that a second reviewer decides blind",
    )
    trusted_precision: float = Field(
        default=0.8,
        ge=0,
        le=1,
        description="share of confirmed findings of a rule below which its flags become advice",
    )
    trusted_after: int = Field(
        default=20, ge=1, description="decisions after which a rule's precision is believed"
    )
    streams: int = Field(
        default=8, ge=1, description="pages of one account that are told of news at the same time"
    )
