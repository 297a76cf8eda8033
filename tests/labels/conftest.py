"""Labels built once for the tests that only read them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from clausewise.labels import Labels, build_default

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Labels]:
    """The labels of the lists that ship with the product."""
    folder = tmp_path_factory.mktemp("shipped")
    build_default(folder, datetime(2026, 11, 24, 8, tzinfo=UTC))
    with Labels.open(folder) as labels:
        yield labels
