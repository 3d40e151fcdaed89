"""The memory that this program has used, for Scrapy's limit on it."""

from pathlib import Path

from scrapy.extensions.memusage import MemoryUsage

_STATUS = Path("/proc/self/status")


class OwnMemory(MemoryUsage):
    """Scrapy's extension, but blind to the process that started this one.

    On Linux ``getrusage`` goes on counting the peak from before ``exec``: a crawl started by a large program
    (a scheduler, a notebook) would stop at once over memory it never had.
    """

    def get_virtual_size(self) -> int:
        """Return the peak resident size since this program was started, in bytes."""
        return peak_bytes() or int(super().get_virtual_size())


def peak_bytes() -> int | None:
    """Return the peak resident size of this program in bytes, or None where it is not told (not Linux)."""
    try:
        lines = _STATUS.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:")), None)
