"""What the tests of the audit share."""

from __future__ import annotations

import pytest

from audit.county import County, built
from clausewise.audit.run import Audit


@pytest.fixture(scope="session")
def county(tmp_path_factory: pytest.TempPathFactory) -> County:
    """The small sample county, settled."""
    return built(tmp_path_factory)


@pytest.fixture(scope="session")
def judged(county: County, tmp_path_factory: pytest.TempPathFactory) -> Audit:
    """One audit of the county's short logs, not kept."""
    return county.audit(county.copy_facts(tmp_path_factory.mktemp("judged")))
