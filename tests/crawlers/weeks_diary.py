"""What each run of the simulated weeks left behind, a line on disk each: weeks can be lived in stages."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One run: its day, the requests that the web answered, its cost, and what the status file says after it.

    ``alarms`` gives the state of every source in alarm, ``intervals`` the learned minutes between two visits.
    """

    day: float
    asked: int
    seconds: float
    processor_seconds: float
    alarms: Mapping[str, str]
    intervals: Mapping[str, int | None]


class Diary:
    """The entries of all runs so far; a run that was cut off before its line is lived again."""

    def __init__(self, path: Path) -> None:
        self._path = path
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True) if path.exists() else []
        whole = [line for line in lines if line.endswith("\n")]
        if whole != lines:
            path.write_text("".join(whole), encoding="utf-8")
        self.entries = [Entry(**json.loads(line)) for line in whole]

    def add(self, entry: Entry) -> None:
        """Write down one run."""
        with self._path.open("a", encoding="utf-8") as handle:
            handle.write(json.dumps(asdict(entry)) + "\n")
        self.entries.append(entry)

    def seconds(self) -> float:
        """Return how long all runs took together."""
        return sum(entry.seconds for entry in self.entries)
