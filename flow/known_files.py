"""What was found in the files of a recordings folder, kept in the database between runs."""

from __future__ import annotations

from sqlalchemy import Engine

from models.session import reading, transaction
from models.store.files import forget_known_files, load_known_files, save_known_files
from models.vocabulary.files import KnownFile, Mark

_AT_ONCE = 2000


class KeptFiles:
    """The known files of one folder; what is learnt is written down every so many files.

    So a scan that is killed need not read again what it read.
    """

    def __init__(self, database: Engine, source: str) -> None:
        self._database, self._source = database, source
        with reading(database) as session:
            self._known = load_known_files(session, source)
        self._seen: set[str] = set()
        self._new: dict[str, KnownFile] = {}

    def find(self, place: str, mark: Mark) -> KnownFile | None:
        """What a file was found to be, if it is still the one that was read."""
        file = self._known.get(place)
        if file is None or file.mark != mark:
            return None
        self._seen.add(place)
        return file

    def learn(self, place: str, file: KnownFile) -> None:
        """Takes down what a file that was read now is."""
        self._seen.add(place)
        if self._known.get(place) != file:
            self._new[place] = file
            if len(self._new) >= _AT_ONCE:
                self._write()

    def keep(self) -> None:
        """Writes down what was learnt and forgets the files that this scan did not meet."""
        self._write()
        gone = self._known.keys() - self._seen
        if gone:
            with transaction(self._database) as session:
                forget_known_files(session, self._source, gone)

    def _write(self) -> None:
        if self._new:
            with transaction(self._database) as session:
                save_known_files(session, self._source, self._new)
            self._new = {}
