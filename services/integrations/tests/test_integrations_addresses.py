"""Where webhooks do not go: whatever name or notation leads there."""

import asyncio
import socket

import pytest

from mentoring_integrations.webhooks import sending
from mentoring_integrations.webhooks.addresses import Refused, Rule
from mentoring_integrations.webhooks.sending import sender

# Each leads, or led somewhere, to the machine itself, the network around it or the metadata of a cloud.
REFUSED = [
    "https://127.0.0.1/",
    "https://127.0.0.1:8443/",
    "https://127.255.255.254/",
    "https://127.1/",
    "https://127.0.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.0.0.1/",
    "https://0x7f.1/",
    "https://017700000001/",
    "https://0177.0.0.1/",
    "https://0177.0.0.01/",
    "https://00000177.1/",
    "https://0/",
    "https://0.0.0.0/",
    "https://0.1.2.3/",
    "https://10.0.0.1/",
    "https://10.255.255.255/",
    "https://167772161/",
    "https://100.64.0.1/",
    "https://100.100.100.200/latest/meta-data/",
    "https://169.254.169.254/latest/meta-data/",
    "https://169.254.169.254./latest/meta-data/",
    "https://2852039166/latest/meta-data/",
    "https://0xa9fea9fe/latest/meta-data/",
    "https://0xa9.0xfe.0xa9.0xfe/",
    "https://0251.0376.0251.0376/",
    "https://169.254.170.2/v2/credentials",
    "https://172.16.0.1/",
    "https://172.31.255.255/",
    "https://192.0.0.192/opc/v1/",
    "https://192.0.2.1/",
    "https://192.88.99.1/",
    "https://192.168.0.1/",
    "https://3232235521/",
    "https://168.63.129.16/metadata",
    "https://198.18.0.1/",
    "https://198.51.100.7/",
    "https://203.0.113.7/",
    "https://224.0.0.1/",
    "https://240.0.0.1/",
    "https://255.255.255.255/",
    "https://[::1]/",
    "https://[::]/",
    "https://[0:0:0:0:0:0:0:1]/",
    "https://[::127.0.0.1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[::ffff:10.0.0.1]/",
    "https://[::ffff:169.254.169.254]/",
    "https://[::ffff:0:127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[64:ff9b::169.254.169.254]/",
    "https://[64:ff9b:1::1]/",
    "https://[100::1]/",
    "https://[2001::1]/",
    "https://[2001:db8::1]/",
    "https://[2002:7f00:1::]/",
    "https://[2002:a9fe:a9fe::]/",
    "https://[3fff::1]/",
    "https://[fc00::1]/",
    "https://[fd00:ec2::254]/",
    "https://[fe80::1]/",
    "https://[fe80::1%25eth0]/",
    "https://[fec0::1]/",
    "https://[ff02::1]/",
    "https://localhost/",
    "https://localhost./",
    "https://localhost.localdomain/",
    "https://①②⑦.⓪.⓪.①/",
    "https://127。0。0。1/",
    "https://user@127.0.0.1/",
    "https://example.org@127.0.0.1/",
    "https://example.org#@127.0.0.1/",
    "https://127.0.0.1\\@example.org/",
    "https://example.org:22/",
    "https://example.org:0/",
    "https://example.org:99999/",
    "https://exa mple.org/",
    "https://example.org\r\nHost: localhost/",
    "https:///path",
    "https://",
    "http://example.org/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_INFO",
    "ftp://example.org/",
    "unix:/run/docker.sock",
    "//example.org/",
    "example.org",
    "https://[::1",
    "https://" + "a" * 3000 + ".org/",
]


def test_the_corpus_has_more_than_sixty():
    assert len(set(REFUSED)) == len(REFUSED) > 60


@pytest.mark.parametrize("url", REFUSED)
async def test_nothing_is_sent_there(url, monkeypatch):
    """Refused by its form, by what its name leads to, or by the socket; no connection is begun."""

    async def connect(*_, **__):
        raise AssertionError("a connection was begun")

    monkeypatch.setattr(asyncio.get_running_loop(), "sock_connect", connect, raising=False)
    async with sender(Rule()) as post:
        outcome = await post.post(url, "id", b"{}", [])
    assert outcome.status is None
    assert outcome.error is not None
    assert outcome.error.startswith("address_refused_") or outcome.error == "unknown_name", outcome.error


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "1.1.1.1", "172.32.0.1", "100.63.255.255", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"],
)
def test_addresses_of_the_internet_are_fine(address):
    Rule().check_address(address)


@pytest.mark.parametrize("url", ["https://example.org/hook", "https://8.8.8.8:8443/", "https://bücher.example.org/"])
def test_addresses_of_endpoints(url):
    if url.isascii():
        Rule().check_url(url)
    else:  # to be given as xn--…, as it is sent
        with pytest.raises(Refused):
            Rule().check_url(url)


async def test_a_name_that_leads_inside_is_refused_whole(monkeypatch):
    """Also beside an address that is fine: the next time it would be taken."""

    def lookup(host, port, *_, **__):
        both = ["8.8.8.8", "10.0.0.1"]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in both]

    monkeypatch.setattr(sending.socket, "getaddrinfo", lookup)
    async with sender(Rule()) as post:
        outcome = await post.post("https://rebinding.example.org/", "id", b"{}", [])
    assert (outcome.status, outcome.error) == (None, "address_refused_not_public")


async def test_the_socket_checks_what_is_connected_to(monkeypatch):
    """Whatever the resolver said: the last word is where the socket is made."""

    async def resolve(self, host, port=0, family=socket.AF_UNSPEC):
        return [{"hostname": host, "host": "127.0.0.1", "port": port, "family": family, "proto": 0, "flags": 0}]

    monkeypatch.setattr(sending._Names, "resolve", resolve)
    async with sender(Rule()) as post:
        outcome = await post.post("https://rebinding.example.org/", "id", b"{}", [])
    assert (outcome.status, outcome.error) == (None, "address_refused_not_public")


def test_a_developers_machine_is_reached_only_where_that_is_set():
    Rule(loopback=True).check_url("http://127.0.0.1:8123/hook")
    Rule(loopback=True).check_url("http://localhost:8123/hook")
    for url in ("http://example.org/", "https://10.0.0.1/", "http://169.254.169.254/"):
        with pytest.raises(Refused):
            Rule(loopback=True).check_url(url)
