"""The weekly brief from a large working database: time and memory of the command, format by format."""

import sys
from pathlib import Path

import pytest

from tests.benchmarks.large_files import DOCUMENTS, LargeFiles
from tests.benchmarks.measured_programs import finished

FORMATS = ("html", "pdf", "xlsx")
#: Peak memory of one report, in megabytes.
MEMORY_CAP_MB = 1_000


@pytest.mark.soak
@pytest.mark.parametrize("format_name", FORMATS)
def test_the_weekly_brief(large: LargeFiles, tmp_path: Path, format_name: str) -> None:
    target = tmp_path / f"weekly.{format_name}"
    took = finished(["narratives", "report", large.working, "weekly", "--format", format_name, "-o", target])
    sys.stdout.write(
        f"\n{DOCUMENTS:,} documents, weekly.{format_name}: {took.seconds:.0f} s "
        f"(CPU {took.cpu_seconds:.0f} s), peak {took.peak_mb:.0f} MB, {target.stat().st_size / 1e3:,.0f} kB\n"
    )
    assert took.peak_mb <= MEMORY_CAP_MB
