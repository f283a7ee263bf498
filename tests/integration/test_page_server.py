"""The page is served on this machine, fresh each time, and to nobody who came by a foreign name."""

from http.client import HTTPConnection
from pathlib import Path

import pytest

from flow.page_server import LOOPBACK, serving
from models.vocabulary.errors import StagecheckError


def _get(address: str, path: str = "/", host: str | None = None) -> tuple[int, str, str | None]:
    connection = HTTPConnection(address.removeprefix("http://").rstrip("/"), timeout=5)
    try:
        connection.request("GET", path, headers={"Host": host} if host else {})
        answer = connection.getresponse()
        return answer.status, answer.read().decode(), answer.getheader("Cache-Control")
    finally:
        connection.close()


def test_the_page_is_read_anew_each_time(tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    with serving(page, 0) as address:
        assert address.startswith(f"http://{LOOPBACK}:")
        assert "первый разбор" in _get(address)[1]
        page.write_text("готово", encoding="utf-8")
        assert _get(address) == (200, "готово", "no-store")


def test_no_other_file_is_served(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("x", encoding="utf-8")
    with serving(tmp_path / "report.html", 0) as address:
        assert _get(address, "/secret.txt")[0] == 404
        assert _get(address, "/../secret.txt")[0] == 404


def test_a_foreign_name_for_this_machine_gets_nothing(tmp_path: Path) -> None:
    with serving(tmp_path / "report.html", 0) as address:
        assert _get(address, host="evil.example")[0] == 421


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with serving(tmp_path / "report.html", 0) as address:
        port = int(address.rstrip("/").rsplit(":", 1)[1])
        with pytest.raises(StagecheckError, match=f"port {port}"), serving(tmp_path, port):
            pass
