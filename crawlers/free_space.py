"""Collection stops while there is still room on the disk: evidence must never be cut short."""

import shutil
from pathlib import Path

from db.errors import NarrativesError

MIN_FREE_BYTES = 2 * 1024**3


class NoSpaceError(NarrativesError):
    """Less than 2 GB are free."""


def require_space(folder: Path) -> None:
    """Raise NoSpaceError, which names the remedy, when less than 2 GB are free where ``folder`` lies.

    A folder that is yet to be made is where its nearest parent is.
    """
    folder = next(each for each in (folder, *folder.resolve().parents) if each.is_dir())
    free = shutil.disk_usage(folder).free
    if free < MIN_FREE_BYTES:
        raise NoSpaceError(
            f"no space: only {free / 1024**3:.1f} GB are free at {folder}, and collection stops below 2 GB. "
            "Free space or move the evidence to a larger disk (`evidence` in narratives.toml), then start "
            "again: it goes on where it was."
        )
