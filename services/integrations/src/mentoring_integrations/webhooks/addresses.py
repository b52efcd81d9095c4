"""Where webhooks may go: https, and addresses that the internet routes to somebody.

Whoever makes a webhook has our servers call an address of their choice. So that this reaches nothing of ours (the
machine itself, the network around it, the metadata service of a cloud), the address that is connected to is checked,
whatever name or notation led to it: what the special-purpose registries of IANA (RFC 6890) set apart is refused, and in
an address that carries another one (mapped, translated) the one inside counts.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final
from urllib.parse import urlsplit

LONGEST_URL: Final = 2000
_SET_APART: Final = [
    ip_network(net)
    for net in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "168.63.129.16/32",  # a public address by which Azure reaches the host of a machine
        "2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20",
    )
]  # fmt: skip
_GLOBAL_V6: Final = IPv6Network("2000::/3")
_CARRIERS: Final = [IPv6Network(net) for net in ("::ffff:0:0/96", "64:ff9b::/96")]  # the last 32 bits are IPv4
_HTTPS, _FIRST_FREE, _LAST_PORT = 443, 1024, 65535


class Refused(Exception):
    """No webhook goes there; the argument is a word for why."""


@dataclass(frozen=True)
class Rule:
    """What may be called; `loopback` lets a developer's own machine be, by http as well."""

    loopback: bool = False

    def check_url(self, url: str) -> None:
        """Refused unless this can be the address of an endpoint: its form is looked at, nobody is asked."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError:
            raise Refused("malformed") from None
        if len(url) > LONGEST_URL or not host or not url.isascii() or any(c <= " " or c in "\\\x7f" for c in url):
            raise Refused("malformed")
        if parts.username is not None or parts.password is not None or "@" in parts.netloc:
            raise Refused("user_in_url")
        if parts.fragment:
            raise Refused("fragment")
        address = _literal(host)
        if address is not None:
            self.check_address(str(address))
        elif host.replace(".", "").replace("x", "").isalnum() and host[0].isdigit() and _is_numeric(host):
            raise Refused("not_canonical")  # 2130706433, 0x7f.1, 017700000001: 127.0.0.1 to some
        if parts.scheme != "https" and not (self.loopback and parts.scheme == "http" and _is_local(host)):
            raise Refused("not_https")
        if not (self.loopback or port in (None, _HTTPS) or _FIRST_FREE <= (port or 0) <= _LAST_PORT):
            raise Refused("port")

    def check_address(self, address: str) -> None:
        """Refused unless it is an address that the internet routes; ours alone with `loopback`."""
        found = _literal(address)
        if found is None:
            raise Refused("malformed")
        inner = _inner(found)
        if self.loopback and inner.is_loopback:
            return
        if isinstance(inner, IPv6Address) and inner not in _GLOBAL_V6:
            raise Refused("not_public")
        if any(inner in net for net in _SET_APART if net.version == inner.version):
            raise Refused("not_public")


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host.partition("%")[0] if ":" in host else host)
    except ValueError:
        return None


def _inner(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    if isinstance(address, IPv6Address) and any(address in net for net in _CARRIERS):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _is_numeric(host: str) -> bool:
    """Whether every part of the name is a number in some notation: no name of the internet ends in one."""
    return all(_number(part) for part in _parts(host))


def _parts(host: str) -> Iterator[str]:
    yield from host.rstrip(".").split(".")


def _number(part: str) -> bool:
    try:
        int(part, 16 if part.lower().startswith("0x") else 10)
    except ValueError:
        return False
    return True


def _is_local(host: str) -> bool:
    found = _literal(host)
    return host == "localhost" or (found is not None and found.is_loopback)
