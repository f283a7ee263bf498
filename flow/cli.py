"""The command line: reads options, tells errors in one sentence, exits as the contract says."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import typer

# Only what `--help` needs is imported here; each command imports what it works with.
from flow import access_commands, keeping_commands, key_commands, options, sealing_commands
from flow.crm_commands import crm
from flow.figures_commands import figures
from flow.ledger_commands import ledger
from flow.service import commands as service_commands
from flow.service import operating
from flow.telling import WRONG, told
from flow.webhook_commands import webhook

app = typer.Typer(
    help="Compares the stage a deal has in the CRM with what was said on the telephone.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.add_typer(ledger, name="ledger")
app.add_typer(webhook, name="webhook")
app.add_typer(crm, name="crm")
app.add_typer(figures, name="figures")


app.add_typer(service_commands.app)
app.add_typer(keeping_commands.app)
app.add_typer(operating.app)
app.add_typer(access_commands.app)
app.add_typer(key_commands.app)


def main() -> None:
    """Runs the command line of this process."""
    try:
        app()
    except BrokenPipeError:
        # Whoever read our output has enough (`| head`); there is nobody left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(WRONG)


@app.command()
def run(  # noqa: PLR0913, PLR0917 - one parameter per option of the contract
    recordings: options.Recordings,
    crm: options.Crm,
    cdr: options.Cdr = None,
    pipelines: options.Pipelines = None,
    json: options.Json = None,
    html: options.Html = None,
    model: options.Model = None,
    language: options.Languages = None,
    db: options.Db = None,
    as_of: options.AsOf = None,
    state: options.State = Path(".stagecheck"),
    checklist: options.Checklist = None,
    report_language: options.ReportLanguages = None,
    verbose: options.Verbose = False,
) -> None:
    """Check the CRM's deals against recorded calls.

    Exit status: 0 all done; 1 some recordings could not be used; 2 the command or its
    input was wrong.
    """
    with told(verbose=verbose):
        from dataclasses import asdict
        from itertools import chain

        from flow import run as running
        from flow.summary import again_lines, print_summary, summary_lines
        from flow.summary_words import words_for
        from flow.watch import watching

        settings = options.chosen_settings(
            pipelines=pipelines,
            model=model,
            language=language,
            checklist=checklist,
            report_language=report_language,
        )
        moment = options.moment_of(as_of)
        request = running.RunRequest(recordings, crm, cdr, json, html, db, moment, state)
        with watching() as watch:
            report = running.run(request, settings, engine_for=running.whisper, watch=watch)
        for warning in report.warnings:
            typer.echo(f"Warning: {warning}", err=True)
        words = words_for(os.environ)
        lines = summary_lines(report.told, report.snapshot, report.stage_keys, words)
        again = again_lines(asdict(report.again), words)
        print_summary(chain(lines, again), {"JSON": json, "HTML": html})
        raise typer.Exit(1 if report.result["errors"] else 0)


@app.command()
def sftp(
    host: options.SftpHost = None,
    port: options.SftpPort = None,
    state: options.State = Path(".stagecheck"),
    verbose: options.Verbose = False,
) -> None:
    """Take recordings that telephone systems upload by SFTP.

    Stops with Ctrl-C; whoever is uploading then goes on at the next start.
    """
    with told(verbose=verbose):
        from core.settings import load_settings
        from flow.drop_box import drop_box_plan, serve_drop_box
        from flow.service.parent import end_with_parent

        end_with_parent()
        given = {"host": host, "port": port}
        chosen = {name: value for name, value in given.items() if value is not None}
        settings = load_settings().sftp.model_copy(update=chosen)
        serve_drop_box(drop_box_plan(state, settings), typer.echo)


@app.command(name="sftp-account")
def sftp_account(  # noqa: PLR0913, PLR0917 - one parameter per option
    name: options.AccountName = None,
    key: options.AccountKeys = None,
    password: options.AccountPassword = False,
    network: options.AccountNetworks = None,
    remove: options.AccountRemove = False,
    state: options.State = Path(".stagecheck"),
    verbose: options.Verbose = False,
) -> None:
    """Make, change, list or remove the accounts of the drop-box: one per telephone system."""
    with told(verbose=verbose):
        from flow.drop_box import accounts_file, keep_account, remove_account
        from ingest.sftp.accounts import read_accounts

        file = accounts_file(state)
        if name is None:
            for account in read_accounts(file).values():
                ways = [f"{len(account.keys)} keys"] + ["a password"] * bool(account.password)
                where = f", from {', '.join(account.networks)}" if account.networks else ""
                typer.echo(f"{account.name}: {' and '.join(ways)}{where}")
            return
        if remove:
            remove_account(file, name)
            typer.echo(f"{name}: removed")
            return
        secret = typer.prompt("Password", hide_input=True) if password else None
        account = keep_account(file, name, keys=key or (), password=secret, networks=network or ())
        typer.echo(f"{account.name}: may log in; its uploads go to a box of its own")


@app.command()
def classify(  # noqa: PLR0913, PLR0917 - one parameter per option
    transcript: options.Transcript,
    json: options.Json = None,
    explain: options.Explain = False,
    checklist: options.Checklist = None,
    state: options.State = Path(".stagecheck"),
    verbose: options.Verbose = False,
) -> None:
    """Find the actions in calls that came as text."""
    with told(verbose=verbose):
        from classify.checklist import load_checklist
        from core.settings import load_settings
        from flow.classifying import classify_texts, text_ears
        from flow.output import check_writable, write_files
        from flow.result import as_json
        from flow.texts import read_texts

        calls = read_texts(transcript)
        if json is not None:
            check_writable(json)
        rules = load_checklist(checklist) if checklist is not None else None
        with text_ears(load_settings().judge, state) as ears:
            text = as_json(classify_texts(calls, explain=explain, ears=ears, checklist=rules))
        for warning in ears.warnings:
            typer.echo(f"Warning: {warning}", err=True)
        if json is None:
            typer.echo(text, nl=False)
        else:
            write_files({json: text})


@app.command(name="pipelines")
def list_pipelines(
    pipelines: options.Pipelines = None,
    db: options.Db = None,
    state: options.State = Path(".stagecheck"),
    verbose: options.Verbose = False,
) -> None:
    """List what deals are judged by, files and published editions, once it is found right."""
    with told(verbose=verbose):
        from flow.pipelines import pipeline_lines

        settings = options.chosen_settings(pipelines=pipelines)
        for line in pipeline_lines(settings, db, state):
            typer.echo(line)


@app.command(name="checklist")
def show_checklist(checklist: options.Checklist = None, verbose: options.Verbose = False) -> None:
    """List a checklist's items once its file is found right and its examples hold."""
    with told(verbose=verbose):
        from classify.checklist import load_checklist
        from classify.checklist.file import checklist_path
        from classify.checklist.proving import item_proofs, refuse_disproved

        chosen = options.chosen_settings(checklist=checklist).verification.checklist
        rules = load_checklist(chosen)
        refuse_disproved(rules, str(checklist_path(chosen)))
        typer.echo(f"{rules.checklist}: {len(list(item_proofs(rules)))} examples hold")
        for item in rules.items:
            critical = ", critical" if item.critical else ""
            typer.echo(f"  {item.id}: weight {item.weight:g}{critical}")


app.command(name="seal-key")(sealing_commands.seal_key)
app.command()(sealing_commands.seal)
app.command()(sealing_commands.unseal)


@app.command()
def version() -> None:
    """Show the version."""
    from importlib.metadata import version as version_of

    typer.echo(f"stagecheck {version_of('stagecheck')}")


if __name__ == "__main__":
    main()
