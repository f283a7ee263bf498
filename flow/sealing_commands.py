"""The commands about sealed recordings: `seal-key`, `seal`, `unseal`."""

from __future__ import annotations

import typer

from flow import options
from flow.telling import told


def seal_key(file: options.KeyFile, verbose: options.Verbose = False) -> None:
    """Make a key to seal recordings with; keep a copy of it: without it they are lost."""
    with told(verbose=verbose):
        from models.sealed import make_key

        public = make_key(file)
        typer.echo(f"{file}: name it in `sealing.key_file`. Public key: {public}")


def seal(
    recordings: options.Recordings,
    again: options.SealAgain = False,
    verbose: options.Verbose = False,
) -> None:
    """Encrypt the recordings that lie in clear.

    Exit status: 0 all sealed; 1 some could not be, they stay as they were; 2 the command or its
    input was wrong.
    """
    with told(verbose=verbose):
        from core.settings import load_settings
        from flow.sealing import seal_folder, sealing_keys

        keys = sealing_keys(load_settings().sealing, recordings)
        found = list(seal_folder(recordings, keys, again=again))
        problems = [one.problem for one in found if one.problem]
        for problem in problems:
            typer.echo(f"stagecheck: {problem}", err=True)
        typer.echo(f"{len(found) - len(problems)} recordings sealed")
        raise typer.Exit(1 if problems else 0)


def unseal(
    file: options.SealedFile, out: options.ClearFile, verbose: options.Verbose = False
) -> None:
    """Write a sealed recording in clear to a new file."""
    with told(verbose=verbose):
        from core.settings import load_settings
        from flow.sealing import unseal as opened
        from models.sealed import read_keys

        opened(file, out, read_keys(load_settings().sealing))
