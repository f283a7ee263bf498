"""A form with a file in it, read piece by piece: the file goes to where it will lie, not to memory.

Source: RFC 7578.
"""

from __future__ import annotations

from collections.abc import Callable
from email.message import Message

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser

_LONGEST_TEXT = 64 << 10
_MOST_PARTS = 10


class FormError(Exception):
    """The form is damaged, or holds what nobody asked for."""


class Form:
    """Takes the pieces of a form; `file` is the name of its file, whose bytes go to `sink`."""

    def __init__(self, boundary: bytes, file: str, sink: Callable[[bytes], None]) -> None:
        """Makes ready for a form.

        Raises:
            FormError: the boundary is none.
        """
        self.texts: dict[str, str] = {}
        self.file_name: str | None = None
        self.is_whole = False
        self._file, self._sink = file, sink
        self._field, self._value = bytearray(), bytearray()
        self._about = Message()
        self._name: str | None = None
        self._text = bytearray()
        self._parts = 0
        try:
            self._parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._begin,
                    "on_header_field": lambda data, a, b: self._field.extend(data[a:b]),
                    "on_header_value": lambda data, a, b: self._value.extend(data[a:b]),
                    "on_header_end": self._header,
                    "on_headers_finished": self._headers,
                    "on_part_data": self._data,
                    "on_part_end": self._end,
                    "on_end": self._finish,
                },
            )
        except (FormParserError, ValueError) as error:
            raise FormError("the form's boundary cannot be used") from error

    def write(self, data: bytes) -> None:
        """Takes some bytes.

        Raises:
            FormError: they are no form.
            OSError: the file cannot be written.
        """
        try:
            self._parser.write(data)
        except FormParserError as error:
            raise FormError("this is no form, or a damaged one") from error

    def _begin(self) -> None:
        self._parts += 1
        if self._parts > _MOST_PARTS:
            raise FormError("the form has too many parts")
        self._about, self._name = Message(), None
        self._text.clear()

    def _header(self) -> None:
        if self._field.strip().lower() == b"content-disposition":
            # Names of files come as they are typed, in UTF-8.
            value = self._value.decode("utf-8", "replace")
            self._about.add_header("Content-Disposition", value)
        self._field.clear()
        self._value.clear()

    def _headers(self) -> None:
        name = self._about.get_param("name", header="content-disposition")
        if not isinstance(name, str) or name in self.texts:
            raise FormError("a part of the form has no name, or one that was there already")
        self._name = name
        if name == self._file:
            if self.file_name is not None:
                raise FormError(f"there are two parts `{name}`")
            self.file_name = self._about.get_filename() or ""

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._name == self._file:
            self._sink(data[start:end])
            return
        self._text += data[start:end]
        if len(self._text) > _LONGEST_TEXT:
            raise FormError("a text in the form is too long")

    def _end(self) -> None:
        if self._name is not None and self._name != self._file:
            try:
                self.texts[self._name] = self._text.decode("utf-8")
            except UnicodeDecodeError as error:
                raise FormError("a text in the form is not UTF-8") from error

    def _finish(self) -> None:
        self.is_whole = True
