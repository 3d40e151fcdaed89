"""What `sources check` has seen of live addresses: a line of JSON for each look, beside the settings."""

import json
from dataclasses import dataclass
from pathlib import Path

from crawlers.verdicts import Verdict
from db.clock import timestamp
from db.errors import NarrativesError


@dataclass(frozen=True, slots=True)
class LastCheck:
    """The newest look at one source; ``worked_at`` says when it last worked, if it ever did."""

    word: str
    checked_at: str
    url: str
    worked_at: str | None


def note_check(path: Path, verdict: Verdict) -> None:
    """Append a verdict on a source; addresses that belong to none are not noted."""
    if verdict.source_id is None:
        return
    found = verdict.probe or {}
    line = {
        "source_id": verdict.source_id,
        "url": verdict.url,
        "found_at": verdict.found_at,
        "checked_at": timestamp(),
        "verdict": verdict.word,
        "says": verdict.sentence,
        "items": found.get("items"),
        "dated": found.get("dated"),
        "newest": found.get("newest"),
    }
    try:
        with path.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(line, ensure_ascii=False) + "\n")
    except OSError as error:
        raise NarrativesError(
            f"What was seen cannot be noted in {path} ({error}). Make its folder writable, "
            "or name another file as `source_checks` in narratives.toml."
        ) from error


def last_checks(path: Path) -> dict[str, LastCheck]:
    """Return the newest look at each source. Raises NarrativesError for a line that cannot be read."""
    found: dict[str, LastCheck] = {}
    if not path.is_file():
        return found
    for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            line = json.loads(raw)
            source_id, word, at, url = (line[key] for key in ("source_id", "verdict", "checked_at", "url"))
        except (ValueError, KeyError, TypeError) as error:
            raise NarrativesError(f"{path}, line {number}, cannot be read. Remove the line.") from error
        before = found.get(source_id)
        worked_at = at if word in ("works", "moved") else (before.worked_at if before else None)
        found[source_id] = LastCheck(word, at, url, worked_at)
    return found
