"""What the commands about live CRMs may be told, as their options say it."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from models.vocabulary.crm import CrmKind
from models.vocabulary.crm_write import NotesWanted, WriteKind


class OnOff(StrEnum):
    """Whether something is written."""

    ON = "on"
    OFF = "off"


Kind = Annotated[CrmKind, typer.Argument(help="Which CRM.")]
Named = Annotated[
    str | None, typer.Argument(help="The connection's name; not needed where there is one alone.")
]
NewName = Annotated[
    str | None, typer.Option("--name", help="What the connection is called; `--crm NAME` names it.")
]
Address = Annotated[
    str | None, typer.Option("--address", help="Address of the account: studio.amocrm.ru.")
]
TokenFile = Annotated[
    Path | None,
    typer.Option("--token-file", help="File with the token; else it is asked for, hidden."),
]
OAuth = Annotated[
    bool, typer.Option("--oauth", help="By an integration's id and secret, not by a token.")
]
Yes = Annotated[
    bool, typer.Option("--yes", help="Ask nothing: take what is sure, leave the rest for later.")
]
Deals = Annotated[
    list[str] | None, typer.Option("--deal", help="Only this deal, by its id; several.")
]
OneDeal = Annotated[str | None, typer.Option("--deal", help="Only of this deal, by its id.")]
Since = Annotated[
    str | None, typer.Option("--since", help="Only what was put in line since (ISO 8601).")
]
Kinds = Annotated[WriteKind | None, typer.Option("--kind", help="Only of this kind.")]
Fields = Annotated[bool | None, typer.Option("--fields/--no-fields", help="Our own fields.")]
Notes = Annotated[NotesWanted | None, typer.Option("--notes", help="Notes on a deal.")]
Tasks = Annotated[bool | None, typer.Option("--tasks/--no-tasks", help="Tasks for managers.")]
Tag = Annotated[str | None, typer.Option("--tag", help="Tag on deals that are ahead; `-`: none.")]
Transcripts = Annotated[
    bool | None, typer.Option("--transcripts/--no-transcripts", help="Words of calls.")
]
Out = Annotated[Path, typer.Option("--out", help="Folder for the files; made where missing.")]
New = Annotated[bool, typer.Option("--new", help="Make the address anew; the old one ends.")]
Drop = Annotated[bool, typer.Option("--remove", help="Take no web-hooks any more.")]
Now = Annotated[bool, typer.Option("--now", help="Also ask the CRM whether it lets us in.")]
Write = Annotated[int | None, typer.Option("--write", help="Only this write, by its number.")]
