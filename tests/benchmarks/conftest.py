"""What benchmarks share: the large database and its publication."""

import pytest

from tests.benchmarks.large_files import LargeFiles, large_files


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> LargeFiles:
    """Return the large working database and its publication."""
    return large_files(tmp_path_factory.mktemp("large"))
