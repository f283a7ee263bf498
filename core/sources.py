"""Telephone systems with settings of their own."""

from __future__ import annotations

from core.settings import PbxSettings, Settings


def source_settings(settings: Settings) -> dict[str, PbxSettings]:
    """The settings of each telephone system that has its own: `pbx` with what is set there."""
    return {
        name: settings.pbx.model_copy(
            update={field: getattr(source, field) for field in source.model_fields_set}
        )
        for name, source in settings.sources.items()
    }
