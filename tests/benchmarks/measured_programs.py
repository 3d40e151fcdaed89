"""Programs as a user starts them, with their time and memory: commands that end, and servers."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

ROOT = Path(__file__).parents[2]
_SECONDS_TO_START = 60


@dataclass(frozen=True, slots=True)
class Finished:
    """A command that ended well: seconds on the clock and of the processor, and its peak memory."""

    seconds: float
    cpu_seconds: float
    peak_mb: float
    said: str


def finished(arguments: Sequence[str | Path]) -> Finished:
    """Run an installed command to its end; its talk on stderr passes through."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [Path(sys.executable).with_name(str(arguments[0])), *map(str, arguments[1:])],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.stdout.close()
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - began
    assert process.returncode == 0, f"{arguments} ended with {process.returncode}"
    return Finished(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, said)


@dataclass(frozen=True, slots=True)
class Server:
    """A server that listens on loopback."""

    port: int
    pid: int

    def memory_mb(self, name: str = "VmHWM") -> float:
        """Return the peak memory of the process, or another line of its status, in megabytes."""
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{name}:"))

    def connect(self, seconds: float = 60) -> HTTPConnection:
        """Return a connection that waits at most so many seconds for an answer."""
        return HTTPConnection("127.0.0.1", self.port, timeout=seconds)


@contextmanager
def served(arguments: Sequence[str | Path]) -> Iterator[Server]:
    """Run an installed command with ``--port`` until the block ends; it listens when the block begins."""
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
    process = subprocess.Popen(
        [Path(sys.executable).with_name(str(arguments[0])), *map(str, arguments[1:]), "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
    )
    try:
        _wait_for(process, port)
        yield Server(port, process.pid)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_for(process: "subprocess.Popen[bytes]", port: int) -> None:
    deadline = time.monotonic() + _SECONDS_TO_START
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"{process.args!r} does not listen on port {port}")
