"""Keys of people and hosts are what the contract says, and each text is asked about once."""

from __future__ import annotations

import hashlib
import hmac
import struct

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clausewise.audit.lake import keys as keys_module
from clausewise.audit.lake.keys import KeyClash, Keys, host_key, log_key, person_key, pseudonym_of
from clausewise.audit.lake.occurrences import Occurrences

SECRET = b"0123456789abcdef0123456789abcdef"


@given(st.text())
def test_a_person_has_one_key_however_the_name_is_written(name: str) -> None:
    told = hmac.new(SECRET, name.strip().casefold().encode("utf-8", "replace"), hashlib.sha256)
    [key] = struct.unpack(">q", told.digest()[:8])
    assert person_key(SECRET, name) == key == person_key(SECRET, f"  {name} ")
    assert pseudonym_of(key) == "p-" + told.hexdigest()[:12]


def test_known_keys_stay_what_they_are() -> None:
    assert person_key(b"key", "Ana.Lopez") == person_key(b"key", " ana.lopez\n")
    assert host_key("example.org") == int.from_bytes(
        hashlib.blake2b(b"example.org", digest_size=8).digest(), "big", signed=True
    )
    assert log_key("ff" * 32) == -1
    assert log_key("00" * 7 + "01" + "00" * 24) == 1


def test_columns_become_keys_and_nobody_stays_nobody() -> None:
    keys = Keys(SECRET)
    names = pa.chunked_array([["ana", None, "ANA "], ["", "  ", "bo"]])
    found = keys.persons(names)
    ana, bo = person_key(SECRET, "ana"), person_key(SECRET, "bo")
    assert found.to_pylist() == [ana, None, ana, None, None, bo]
    hosts = keys.hosts(pa.array(["a.org", None, "b.org", "a.org", ""]).dictionary_encode())
    assert hosts.to_pylist() == [host_key("a.org"), None, host_key("b.org"), host_key("a.org"), None]
    assert keys.taken() == [(host_key("a.org"), "a.org"), (host_key("b.org"), "b.org")]
    keys.hosts(pa.array(["b.org", "c.org"]))
    assert keys.taken() == [(host_key("c.org"), "c.org")]
    assert keys.persons(pa.chunked_array([], pa.string())).to_pylist() == []


def test_hosts_the_lake_lists_are_not_new() -> None:
    keys = Keys(SECRET, {host_key("a.org"): "a.org"})
    keys.hosts(pa.array(["a.org", "b.org"]))
    assert keys.taken() == [(host_key("b.org"), "b.org")]


def test_two_hosts_with_one_key_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys_module, "host_key", lambda text: 7)
    keys = Keys(SECRET)
    keys.hosts(pa.array(["a.org"]))
    with pytest.raises(KeyClash, match=r"b.org: has the same key as a.org"):
        keys.hosts(pa.array(["b.org"]))
    with pytest.raises(KeyClash):
        Keys(SECRET, {7: "old.org"}).hosts(pa.array(["new.org"]))


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=60),
    st.lists(st.integers(0, 60), max_size=6),
)
def test_occurrences_count_as_a_plain_count_does(lines: list[tuple[int, int]], cuts: list[int]) -> None:
    plain: dict[tuple[int, int], int] = {}
    expected = []
    for one in lines:
        expected.append(plain.get(one, 0))
        plain[one] = expected[-1] + 1
    seen, found = Occurrences(), []
    edges = sorted({0, len(lines), *(cut for cut in cuts if cut < len(lines))})
    for begin, end in zip(edges, [*edges[1:], len(lines)], strict=True):
        some = np.array(lines[begin:end], dtype=np.int64).reshape(-1, 2)
        found += seen.of(some[:, 0], some[:, 1]).tolist()
    assert found == expected
