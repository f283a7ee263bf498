"""Writes docs/settings.md from the settings themselves: ``python -m core.settings_page``."""

from __future__ import annotations

import sys

from pydantic import BaseModel

from core.settings import Settings

_INTRODUCTION = """\
# Settings

Made by `python -m core.settings_page > docs/settings.md`; a test holds it against the code.

A value comes from, in order of trust: the command line, the environment
(`STAGECHECK_SPEECH__BEAM_SIZE=1`), a TOML file (`stagecheck.toml` in the working folder, or the one
that `STAGECHECK_CONFIG` names), the default. Unknown keys are refused.

```toml
[pbx]
timezone = "Europe/Moscow"
own_numbers = ["+7 495 000-11-00"]

[sources.branch]
timezone = "Asia/Yekaterinburg"

[speech]
model = "small"
```
"""


def settings_rows() -> list[str]:
    """One table row per setting: dotted name, default, what it does."""
    rows = []
    for name, section in Settings.model_fields.items():
        model = section.annotation
        if section.description is not None:
            rows.append(f"| `{name}` | `{{}}` | {section.description} |")
            continue
        if not (isinstance(model, type) and issubclass(model, BaseModel)):
            raise TypeError(f"settings section `{name}` is no model")
        rows += [
            f"| `{name}.{key}` | `{field.get_default(call_default_factory=True)}` "
            f"| {field.description} |"
            for key, field in model.model_fields.items()
        ]
    return rows


def settings_page() -> str:
    """The whole page in Markdown."""
    table = "\n".join(["| setting | default | what it does |", "|---|---|---|", *settings_rows()])
    return f"{_INTRODUCTION}\n{table}\n"


if __name__ == "__main__":
    sys.stdout.write(settings_page())
