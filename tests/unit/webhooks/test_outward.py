"""What is connected to, and what is refused: our own networks, however they are written."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

import pytest

from core.outward import OutwardError, Rules, check_url, is_refused, target_of

RULES = Rules((443, 8443))
OURS = Rules((443, 8443, 8080), (ipaddress.ip_network("10.1.0.0/16"),))

REFUSED = [
    "0.0.0.0",  # noqa: S104 - to be refused
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "127.8.8.8",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b::a00:1",
    "64:ff9b:1::a00:1",
    "64:ff9b:1:a00:1::808:808",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "2001::1",
    "2001:db8::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fec0::1",
    "ff02::1",
    "100::1",
]
TAKEN = ["8.8.8.8", "93.184.216.34", "2606:2800:220:1::1", "::ffff:8.8.8.8", "64:ff9b::808:808"]


@pytest.mark.parametrize("address", REFUSED)
def test_an_address_of_ours_is_refused_however_it_is_named(address: str) -> None:
    assert is_refused(ipaddress.ip_address(address))
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(OutwardError, match="address_refused"):
        check_url(f"https://{host}/hook", RULES)
    with pytest.raises(OutwardError, match="address_refused"):
        target_of("https://hooks.example/", RULES, lambda _host, _port: [address])


@pytest.mark.parametrize("address", TAKEN)
def test_an_address_of_the_internet_is_taken(address: str) -> None:
    assert not is_refused(ipaddress.ip_address(address))
    found = target_of("https://hooks.example/a?b=c", RULES, lambda _host, _port: [address])
    assert (found.addresses, found.host, found.port) == ((address,), "hooks.example", 443)
    assert found.path == "/a?b=c"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("ftp://hooks.example/", "no_address"),
        ("file:///etc/passwd", "no_address"),
        ("//hooks.example/", "no_address"),
        ("https:///hook", "no_address"),
        ("https://hooks.example:99999/", "no_address"),
        ("https://hooks.example/ x", "no_address"),
        ("https://hooks.example\\@evil.example/", "no_address"),
        ("https://hooks.example/\r\nHost: other", "no_address"),
        ("https://пример.рф/", "no_address"),
        ("https://[fe80::1%25eth0]/", "no_address"),
        ("https://hooks.example/#part", "no_address"),
        ("https://somebody@hooks.example/", "password_in_address"),
        ("https://a:b@hooks.example/", "password_in_address"),
        ("https://hooks.example:22/", "port_refused"),
        ("http://hooks.example/", "port_refused"),
        ("http://hooks.example:8443/", "https_only"),
        ("https://" + "a" * 2000 + "/", "no_address"),
    ],
)
def test_an_address_that_is_none_is_refused_at_once(url: str, code: str) -> None:
    with pytest.raises(OutwardError, match=f"^{code}$"):
        check_url(url, RULES)


def test_one_wrong_address_among_right_ones_refuses_them_all() -> None:
    with pytest.raises(OutwardError, match="address_refused"):
        target_of("https://hooks.example/", RULES, lambda *_: ["8.8.8.8", "127.0.0.1"])


@pytest.mark.parametrize("found", ["127.1", "0x7f.1", "2130706433", "017700000001", "localhost"])
def test_another_way_to_write_an_address_is_resolved_and_refused(found: str) -> None:
    with pytest.raises(OutwardError):
        target_of(f"https://{found}/", RULES)


def test_a_network_of_ours_is_reached_where_it_is_allowed_even_in_clear() -> None:
    assert target_of("http://10.1.2.3:8080/", OURS).addresses == ("10.1.2.3",)
    assert target_of("http://crm.local:8080/", OURS, lambda *_: ["::ffff:10.1.2.3"]).port == 8080
    with pytest.raises(OutwardError, match="address_refused"):
        target_of("http://crm.local:8080/", OURS, lambda *_: ["10.2.0.1"])
    with pytest.raises(OutwardError, match="https_only"):
        target_of("http://crm.local:8080/", OURS, lambda *_: ["8.8.8.8"])
    with pytest.raises(OutwardError, match="port_refused"):
        target_of("http://10.1.2.3:6379/", OURS)


def test_a_name_is_resolved_once_and_what_was_looked_at_is_given() -> None:
    answers = iter([["93.184.216.34"], ["127.0.0.1"]])
    asked: list[str] = []

    def resolve(host: str, _port: int) -> Sequence[str]:
        asked.append(host)
        return next(answers)

    assert target_of("https://rebind.example/", RULES, resolve).addresses == ("93.184.216.34",)
    assert asked == ["rebind.example"]
    with pytest.raises(OutwardError, match="address_refused"):
        target_of("https://rebind.example/", RULES, resolve)


def test_a_name_that_leads_nowhere_is_told() -> None:
    def fails(_host: str, _port: int) -> Sequence[str]:
        raise OSError("no such name")

    def finds_nothing(_host: str, _port: int) -> Sequence[str]:
        return []

    for resolve in (fails, finds_nothing):
        with pytest.raises(OutwardError, match="no_such_host"):
            target_of("https://nowhere.example/", RULES, resolve)
