"""Which addresses this machine may be made to connect to by somebody who only names them.

An address that a person or a record of DNS names must not lead into our own network (SSRF). A
name is resolved once; whoever connects uses the addresses that were looked at here, not the name.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolve = Callable[[str, int], Sequence[str]]

_LONGEST = 2000
# The well-known prefix; a local one (64:ff9b:1::/48) is refused like everything local.
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_GLOBAL = ipaddress.IPv6Network("2000::/3")
_COMPATIBLE = ipaddress.IPv6Network("::/96")
_REFUSED = (
    ipaddress.ip_network("2001::/23"),  # protocols' own, Teredo among them
    ipaddress.ip_network("2001:db8::/32"),
    ipaddress.ip_network("3fff::/20"),
    ipaddress.ip_network("192.0.0.0/24"),
    ipaddress.ip_network("192.88.99.0/24"),
)
_PORTS = {"https": 443, "http": 80}


class OutwardError(Exception):
    """An address that nothing is sent to; the message is a code."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Where one may connect to: the internet at some ports, and some networks of our own."""

    ports: tuple[int, ...]
    allowed: tuple[Network, ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """A place that was found fit: its name, port and the addresses to connect to."""

    scheme: str
    host: str
    port: int
    path: str
    addresses: tuple[str, ...]


def check_url(url: str, rules: Rules) -> None:
    """Looks whether an address could ever be sent to, without asking DNS.

    Raises:
        OutwardError: no; its code says why.
    """
    scheme, host, port, _ = _parts(url)
    if port not in rules.ports:
        raise OutwardError("port_refused")
    literal = _literal(host)
    if literal is not None:
        _check_address(literal, scheme, rules)
    elif scheme == "http" and not rules.allowed:
        raise OutwardError("https_only")


def target_of(url: str, rules: Rules, resolve: Resolve | None = None) -> Target:
    """Resolves an address once and gives what to connect to.

    One address that is refused refuses all of them: whoever mixes them is up to something.

    Raises:
        OutwardError: it leads where nothing is sent, or nowhere.
    """
    check_url(url, rules)
    scheme, host, port, path = _parts(url)
    literal = _literal(host)
    found = [str(literal)] if literal is not None else _resolved(host, port, resolve or resolved)
    for one in found:
        _check_address(ipaddress.ip_address(one), scheme, rules)
    return Target(scheme, host, port, path, tuple(found))


def is_refused(address: Address) -> bool:
    """Whether an address is not one of the internet: private, of this machine, of many..."""
    inner = _inner(address)
    if any(inner in network for network in _REFUSED):
        return True
    if inner.version == 6 and inner not in _GLOBAL:
        return True
    return not inner.is_global or inner.is_multicast or inner.is_reserved


@cache
def trusted_certificates() -> ssl.SSLContext:
    """The certificates that this machine trusts."""
    return ssl.create_default_context()


def resolved(host: str, port: int) -> list[str]:
    """The addresses of a name, without zones.

    Raises:
        OSError: it has none.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(place[0]).partition("%")[0] for *_, place in found))


def _resolved(host: str, port: int, resolve: Resolve) -> Sequence[str]:
    try:
        found = resolve(host, port)
    except (OSError, UnicodeError) as error:
        raise OutwardError("no_such_host") from error
    if not found:
        raise OutwardError("no_such_host")
    return found


def _check_address(address: Address, scheme: str, rules: Rules) -> None:
    inner = _inner(address)
    if any(one in network for one in (address, inner) for network in rules.allowed):
        return
    if is_refused(address):
        raise OutwardError("address_refused")
    if scheme != "https":
        raise OutwardError("https_only")


def _inner(address: Address) -> Address:
    """The IPv4 address that an IPv6 one leads to: mapped, NAT64, 6to4; others as they are."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address in _NAT64 or (address in _COMPATIBLE and int(address) > 1):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _parts(url: str) -> tuple[str, str, int, str]:
    """Scheme, host, port and path with its query.

    Raises:
        OutwardError: it is no address of the web, or has a name and password in it.
    """
    if (
        len(url) > _LONGEST
        or not url.isascii()
        or not url.isprintable()
        or set(' \\"<>^`{|}') & set(url)
    ):
        raise OutwardError("no_address")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise OutwardError("no_address") from error
    if parts.scheme not in _PORTS or not parts.hostname:
        raise OutwardError("no_address")
    if parts.username is not None or parts.password is not None:
        raise OutwardError("password_in_address")
    if parts.fragment or "%" in parts.netloc:
        raise OutwardError("no_address")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return parts.scheme, parts.hostname.rstrip("."), port or _PORTS[parts.scheme], path


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
