"""The fast Squid reader must say exactly what the slow one says, however a file is cut into blocks."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clausewise.sources import SOURCES, lines
from clausewise.sources.contract import Protected, line_identity
from sources.feeding import cut_up, run, total
from sources.reference_squid import read_squid

SQUID = SOURCES["squid"]
SHIELD = frozenset({"union.example", "counsel.test"})

HOSTS = [
    "www.example",
    "WWW.Example.",
    "union.example",
    "chat.union.example",
    "notunion.example",
    "counsel.test",
    "[2001:DB8::1]",
    "[::1]:443",
    "[fe80::1%25eth0]",
    "[bad]",
    "[::1",
    "192.0.2.7",
    "bücher.example",
    "xn--bcher-kva.example",
    "a..example",
    ".example",
    "-",
    "",
    "b%C3%BCcher.example",
    "%2e",
    "a_b.example",
    "x" * 63 + ".example",
    "x" * 64,
    "x" * 64 + ".example",
    "ｗｗｗ.example",
    "a.example:80:90",
    "a.example:",
    ":80",
    "a.example:65535",
    "a.example:65536",
    "a.example:8०",
    "a.example:000080",
    "me:pw@a.example:81",
    "@a.example",
    "a@b@c.example",
    "a" * 2050,
    "日本。example",
    "ß.example",
    "\ufffd.example",
    "a.example..",
    "x" * 60 + ".a.example",
]
SCHEMES = [
    "http://",
    "https://",
    "HTTP://",
    "ftp://",
    "ws://",
    "http:/",
    "",
    "error:",
    "1x://",
    "a+b://",
    "urn:",
    "://",
    "http:",
    "https:///",
]
PATHS = ["", "/", "/a/b?c=d", "?q", "#f", "/é", "/" + "p" * 2100, "/" + "é" * 1100, "/a://b", "/x\x00y"]
WORDS = {
    0: [
        "1286536308.779",
        "1.000",
        "1286536308",
        "12a.100",
        "-1.000",
        "1286536308.7790",
        ".779",
        "99999999999.999",
        "999999999999.000",
    ],
    1: ["180", "0", "-5", "-", "x", "9" * 18, "9" * 19, "--1"],
    2: ["192.0.2.1", "-", "2001:db8::5", "pc-7.example"],
    3: [
        "TCP_MISS/200",
        "TCP_DENIED/403",
        "TCP_MISS/403",
        "NONE/503",
        "TCP_HIT/200",
        "TCP_MISS/000",
        "TCP_MISS/-",
        "TCP_DENIED/407",
        "TCP_MISS/407",
        "TCP_NEGATIVE_HIT/503",
        "X/1/200",
        "/200",
        "TCP_MISS/2000",
        "TCP_MISS",
    ],
    4: ["411", "0", "-", "4e3", "9" * 18, "9" * 19, "1234567", "12345678", "123456789"],
    5: ["GET", "POST", "CONNECT", "ICP_QUERY", "connect", "-"],
    7: ["-", "ana.lopez", "DOM%5Cana", "%zz", "%ff", "josé"],
    8: [
        "DIRECT/125.23.216.203",
        "NONE/-",
        "HIER_NONE/-",
        "-",
        "ANY_OLD_PARENT/10.0.0.1",
        "text/html/x",
        "9/9",
        "DIRECT",
    ],
}


@st.composite
def squid_line(draw: st.DrawFn) -> bytes:
    """Make lines that are mostly right, in a mixture of encodings."""
    words = [draw(st.sampled_from(WORDS[0][:1] * 6 + WORDS[0]))]
    for k in (1, 2, 3, 4, 5):
        usual = WORDS[k][:1] * 6
        words.append(draw(st.sampled_from(usual + WORDS[k])))
    words.append(
        draw(st.sampled_from(["http://"] * 8) | st.sampled_from(SCHEMES))
        + draw(st.sampled_from(HOSTS))
        + draw(st.sampled_from(PATHS))
    )
    words += [draw(st.sampled_from(WORDS[k][:1] * 6 + WORDS[k])) for k in (7, 8)]
    words += draw(st.sampled_from([[], ["text/html"], ["-"], ["a", "b"]]))
    if draw(st.integers(0, 12)) == 0:
        del words[draw(st.integers(0, len(words) - 1))]
    apart = draw(st.sampled_from([" ", " ", "      "]))
    text = draw(st.sampled_from(["", "", " "])) + apart.join(words)
    return text.encode(draw(st.sampled_from(["utf-8", "utf-8", "latin-1"])), "replace")


ODD_LINES = st.sampled_from(
    [b"", b"  ", b"# comment", b"\r", b"\x00", b"\xff" * 9, b"a b c", b"\r\r", b"  # x y"]
)
FILES = st.lists(
    st.tuples(squid_line() | ODD_LINES | st.binary(max_size=30), st.sampled_from([b"\n", b"\n", b"\r\n"]))
)


@settings(max_examples=400, deadline=None)
@given(
    FILES, st.lists(st.integers(0, 10**6), max_size=6), st.booleans(), st.sampled_from([b"", b"\xef\xbb\xbf"])
)
def test_fast_equals_slow(pieces: list[tuple[bytes, bytes]], cuts: list[int], end: bool, bom: bytes) -> None:
    data = bom + b"".join(line + stop for line, stop in pieces)
    if not end:
        data = data.rstrip(b"\r\n")
    fast = total(run("squid", cut_up(data, cuts), Protected(hosts=SHIELD)))
    slow = read_squid(data, SHIELD)
    assert fast["events"] == slow.events
    assert fast["rejects"] == slow.rejects
    assert fast["noise"] == slow.noise
    assert (fast["protected"], fast["lines"]) == (slow.protected, slow.lines)


def test_fast_equals_slow_on_every_odd_value() -> None:
    usual = [WORDS[k][0] if k in WORDS else "http://a.example/" for k in range(9)]
    made = [[*usual[:k], odd, *usual[k + 1 :]] for k in WORDS for odd in WORDS[k]]
    made += [
        [*usual[:5], method, scheme + host + path, *usual[7:]]
        for method in ("GET", "CONNECT")
        for scheme in SCHEMES
        for host in HOSTS
        for path in PATHS
    ]
    data = "\n".join(" ".join(words) for words in made).encode("utf-8", "replace")
    fast, slow = total(run("squid", [data], Protected(hosts=SHIELD))), read_squid(data, SHIELD)
    assert fast["events"] == slow.events
    assert fast["rejects"] == slow.rejects
    assert (fast["protected"], fast["lines"]) == (slow.protected, len(made))


LINE = b"1286536308.779    180 192.0.2.1 TCP_MISS/200 411 GET %s - DIRECT/192.0.2.9 -\n"


@pytest.mark.parametrize(
    ("url", "host", "port", "path"),
    [
        (b"http://WWW.Example./a?secret=1", "www.example", 80, "/a"),
        (b"https://[2001:DB8:0::1]:8443", "2001:db8::1", 8443, "/"),
        (b"http://me:pass@site.example:81/x#y", "site.example", 81, "/x"),
        ("http://bücher.example/ü".encode(), "xn--bcher-kva.example", 80, "/ü"),
        (b"ftp://files.example/a\xff", "files.example", 21, "/a\ufffd"),
    ],
)
def test_addresses(url: bytes, host: str, port: int, path: str) -> None:
    (row,) = total(run("squid", [LINE % url], Protected()))["events"]
    assert (row["host"], row["port"], row["path"]) == (host, port, path)


def test_tunnel_has_no_path() -> None:
    line = b"1.000 5 192.0.2.1 TCP_TUNNEL/200 9 CONNECT Mail.Example:443 ana HIER_DIRECT/192.0.2.9 -\n"
    (row,) = total(run("squid", [line], Protected()))["events"]
    assert (row["host"], row["port"], row["path"], row["tunnel"], row["scheme"]) == (
        "mail.example",
        443,
        None,
        True,
        None,
    )


def test_a_megabyte_line_is_read_and_a_longer_one_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    (row,) = total(run("squid", [LINE % (b"http://a.example/" + b"x" * 2**20)], Protected()))["events"]
    assert len(row["path"]) == 2048
    monkeypatch.setattr(lines, "LONGEST_LINE", 100)
    good = LINE % b"http://a.example/"
    data = good + LINE % (b"http://b.example/" + b"x" * 200) + good
    for size in (1, 7, 50, 5000):
        found = total(run("squid", [data[k : k + size] for k in range(0, len(data), size)], Protected()))
        assert [row["line"] for row in found["events"]] == [1, 3]
        assert [(reject[0], reject[1]) for reject in found["rejects"]] == [(2, len(good))]
        assert found["lines"] == 3


def test_places_find_the_raw_line_again() -> None:
    data = (
        b"\xef\xbb\xbf"
        + LINE % b"http://a.example/"
        + b"\r\n"
        + (LINE % b"http://b.example/").replace(b"\n", b"\r\n")
    )
    for row in total(run("squid", [data], Protected()))["events"]:
        raw = data[row["offset"] : row["offset"] + row["length"]]
        assert raw.startswith(b"1286536308")
        assert raw.endswith(b" -")
        assert line_identity(raw) == line_identity(raw + b"\r\n")
        assert len(line_identity(raw)) == 16


def test_protected_leaves_a_total_only_even_on_a_broken_line() -> None:
    whole, broken = LINE % b"http://chat.union.example/", b"x 1 2 3 4 GET http://union.example/\n"
    batch = SQUID.parse(whole + broken, SQUID.start(""), Protected(hosts=SHIELD))
    assert (batch.protected, batch.parsed, batch.rejects, dict(batch.noise)) == (2, (), (), {})
