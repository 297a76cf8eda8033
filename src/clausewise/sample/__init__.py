"""A county that does not exist: Redbud County Office of Education, its people, papers and two weeks of logs.

The generator knows log formats and people.  It knows nothing of Clausewise and imports nothing of it.
"""

from __future__ import annotations

from clausewise.sample.county import Built, build
from clausewise.sample.period import Period

__all__ = ["Built", "Period", "build"]
