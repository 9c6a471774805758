"""Addresses: one spelling, no tracking, nothing private, no exception for nonsense."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from giveback.errors import UsageError
from giveback.reading.addresses import (
    canonical_url,
    file_path,
    file_url,
    is_public_address,
    names_private_host,
    require_http_url,
    web_link,
)


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTPS://Example.COM:443/A?b=1", "https://example.com/A?b=1"),
        ("http://example.com:80", "http://example.com/"),
        ("http://example.com:8080/", "http://example.com:8080/"),
        ("https://example.com./a#part", "https://example.com/a"),
        ("https://example.com/#!/story/7", "https://example.com/#!/story/7"),
        ("https://example.com/#/story/7", "https://example.com/#/story/7"),
        ("https://e.com/?utm_source=x&b=2&fbclid=y&a=1&gclid=z", "https://e.com/?b=2&a=1"),
        ("https://e.com/a?mc_cid=1&mc_eid=2&UTM_Medium=rss", "https://e.com/a"),
        ("https://e.com/a?x=1&amp;utm_campaign=q", "https://e.com/a?x=1"),
        ("https://e.com/a?b=%C3%A9+c&d", "https://e.com/a?b=%C3%A9+c&d"),
        ("https://Bücher.example/ü", "https://xn--bcher-kva.example/ü"),
        ("https://user:pw@Example.com/", "https://user:pw@example.com/"),
        ("https://[2001:DB8::1]:443/", "https://[2001:db8::1]/"),
        ("  https://e.com/a b\n", "https://e.com/a%20b"),
        ("https://e.com:99999/", "https://e.com:99999/"),
        ("http://[broken", "http://[broken"),
        ("mailto:Ann@Example.com", "mailto:Ann@Example.com"),
        ("", ""),
    ],
)
def test_canonical_spelling(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical


@given(st.one_of(st.text(), st.text().map("https://".__add__), st.text().map("https://e.com/".__add__)))
def test_canonical_url_never_fails_and_is_final(url: str) -> None:
    once = canonical_url(url)
    assert canonical_url(once) == once


@pytest.mark.parametrize(
    "text",
    [
        *("", "example", "ftp://example.com/", "javascript:alert(1)", "file:///etc/passwd", "https://", "http://:80/"),
        *("http://a b/", "https://exa\x1bmple.com/", "https://e.com:0/", "https://e.com:x/", "mailto:a@e.com"),
        "https://e.com/" + "a" * 5_000,
    ],
)
def test_what_is_no_web_address_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        require_http_url(text)
    assert web_link(text) == ""


def test_a_bare_host_gets_a_hint() -> None:
    with pytest.raises(UsageError) as caught:
        require_http_url("www.spe.org/news")
    assert caught.value.hint == "write https://www.spe.org/news"


def test_links_are_resolved_and_filtered() -> None:
    assert web_link("/a?b", "https://e.com/feed") == "https://e.com/a?b"
    assert web_link("//cdn.example/x", "https://e.com/") == "https://cdn.example/x"
    assert web_link("a", "file:///home/ann/feed.xml") == ""
    assert web_link(" java\tscript:alert(1)", "https://e.com/") == ""
    assert web_link("", "https://e.com/") == ""


@given(st.text(), st.text())
def test_links_are_http_or_nothing(href: str, base: str) -> None:
    assert web_link(href, base).startswith(("http://", "https://")) or not web_link(href, base)


@pytest.mark.parametrize(
    "ip",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1"),  # noqa: S104  # refused
        *("224.0.0.1", "255.255.255.255", "192.0.2.1", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1"),
        *("fec0::1", "::ffff:127.0.0.1", "2002:7f00:1::", "64:ff9b::10.0.0.1", "2001:db8::1", "nonsense", ""),
    ],
)
def test_private_addresses(ip: str) -> None:
    assert not is_public_address(ip)


@pytest.mark.parametrize("ip", ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"])
def test_public_addresses(ip: str) -> None:
    assert is_public_address(ip)


@given(st.ip_addresses(v=4, network="10.0.0.0/8"))
def test_private_addresses_stay_private_inside_ipv6(ip: ipaddress.IPv4Address) -> None:
    assert not is_public_address(f"::ffff:{ip}")
    assert not is_public_address(str(ipaddress.IPv6Address((0x2002 << 112) | (int(ip) << 80))))


def test_hosts_that_name_private_addresses() -> None:
    private = ["localhost", "a.localhost", "LOCALHOST.", "127.1", "2130706433", "0x7f.1", "::1", "10.0.0.1"]
    assert all(map(names_private_host, private))
    assert not any(map(names_private_host, ["example.com", "8.8.8.8", "10.example", "", "cafe.example"]))


def test_files_have_addresses_too() -> None:
    assert file_path(file_url("/tmp/a b/é.xml")) == "/tmp/a b/é.xml"  # noqa: S108  # nothing is written
    assert file_path("https://e.com/a") is None
    assert file_path("file://server/share") is None
    assert file_path("file:///C:/feeds/a.xml") == "C:/feeds/a.xml"
