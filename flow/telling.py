"""How a command tells what went wrong: one sentence on stderr, and an exit status."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import typer

WRONG = 2
_INTERRUPTED = 130


@contextmanager
def told(*, verbose: bool, events: bool = False) -> Iterator[None]:
    """Tells errors in one sentence on stderr and exits; the traceback only with `--verbose`.

    `events`: what happens is logged as well, as a service does.
    """
    from core.logs import configure_logs
    from core.settings import SettingsError
    from models.vocabulary.errors import StagecheckError

    configure_logs(verbose=verbose, events=events)
    try:
        yield
    except (StagecheckError, SettingsError) as error:
        typer.echo(f"stagecheck: {error}", err=True)
        raise typer.Exit(WRONG) from error
    except KeyboardInterrupt as error:
        typer.echo("stagecheck: interrupted; the same command goes on where it was.", err=True)
        raise typer.Exit(_INTERRUPTED) from error
    except (typer.Exit, BrokenPipeError):
        raise
    except Exception as error:
        if verbose:
            raise
        typer.echo(
            f"stagecheck: an unexpected {type(error).__name__}: {error}. "
            "Run it again with --verbose and report what it shows.",
            err=True,
        )
        raise typer.Exit(WRONG) from error
