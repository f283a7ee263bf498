"""`stagecheck crm disconnect`: leaves nothing behind that nobody wants."""

from __future__ import annotations

from flow.crms.hooks import drop_hook
from flow.crms.place import Place
from flow.crms.writing import take_back
from models.session import reading
from models.store.connection_figures import figures_of
from models.vocabulary.crm import Connection
from models.vocabulary.crm_write import WriteState


def disconnect(place: Place, connection: Connection) -> None:
    """Offers to take back what was written, then removes tokens and, by choice, what was read.

    Raises:
        CrmError: the CRM cannot be asked; nothing was removed.
        StagecheckError: nobody answers, or the database cannot be used.
    """
    ask = place.ask
    with reading(place.database) as session:
        figures = figures_of(session, connection)
    written = figures.writes.get(WriteState.WRITTEN, 0)
    if written and not ask.takes_usual:
        question = f"{written} writes stand in the CRM. Take them back first?"
        if ask.agrees(question, usual=True):
            place.desk.switch_writing(connection.id, None, on=False)
            gone = take_back(place, place.again(connection), agreed=True)
            question = "Some of it stays. Disconnect all the same?"
            if not gone and not ask.agrees(question, usual=False):
                ask.say("Still connected; writing is off.")
                return
    elif written:
        ask.say(f"{written} writes stay in the CRM; `stagecheck crm undo` would have removed them.")
    forget = ask.agrees(
        f"Remove what was read ({figures.deals} deals) as well? (its verdicts stay)", usual=False
    )
    if not ask.agrees(f"Disconnect {connection.name} now?", usual=True):
        ask.say("Still connected.")
        return
    if connection.hook is not None:
        drop_hook(place, connection)
    place.desk.disconnect(connection.id, forget=forget)
    ask.say(f"{connection.name}: disconnected; its tokens are removed.")
