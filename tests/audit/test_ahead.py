"""Reading ahead changes nothing but the time it takes."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from clausewise.audit.ahead import ahead


def test_the_order_stays() -> None:
    assert list(ahead(iter(range(100)))) == list(range(100))


def test_an_error_comes_where_it_belongs() -> None:
    def broken() -> Iterator[int]:
        yield from range(3)
        raise ValueError("line 4: torn; fetch the file again")

    reading = ahead(broken())
    assert [next(reading) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(ValueError, match="torn"):
        next(reading)


def test_it_reads_no_more_than_it_may_and_stops_when_nobody_listens() -> None:
    made = []

    def endless() -> Iterator[int]:
        number = 0
        while True:
            made.append(number)
            yield number
            number += 1

    before = threading.active_count()
    reading = ahead(endless(), depth=2)
    assert [next(reading), next(reading)] == [0, 1]
    reading.close()
    assert threading.active_count() == before
    assert len(made) <= 2 + 2 + 2
