"""The large working database and its publication, made once for all benchmarks of a run.

``$NARRATIVES_BENCH_DOCUMENTS`` says how many documents (default 100,000); ``$NARRATIVES_BENCH_FOLDER`` keeps
the files from one run to the next. A million documents take 8 GB and a quarter of an hour.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.large_database import fill
from tests.benchmarks.measured_programs import Finished, finished

DOCUMENTS = int(os.environ.get("NARRATIVES_BENCH_DOCUMENTS", "100000"))


@dataclass(frozen=True, slots=True)
class LargeFiles:
    """Where both files are, and what building the publication took; None where it stood there already."""

    working: Path
    publication: Path
    published: Finished | None


def large_files(spare: Path) -> LargeFiles:
    """Return the files in the folder that is kept, else in ``spare``; what is missing is made."""
    folder = Path(os.environ.get("NARRATIVES_BENCH_FOLDER") or spare)
    folder.mkdir(parents=True, exist_ok=True)
    working, publication = folder / f"working-{DOCUMENTS}.db", folder / f"public-{DOCUMENTS}.db"
    if not working.exists():
        half = folder / f"half-{DOCUMENTS}.db"
        half.unlink(missing_ok=True)
        fill(half, DOCUMENTS).replace(working)
    published = None
    if not publication.exists():
        finished(["narratives", "db", "migrate", working])
        published = finished(["narratives", "publish", working, "-o", publication])
    return LargeFiles(working, publication, published)
