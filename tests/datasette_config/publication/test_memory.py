"""A server's memory has an end: the question that asks for too much fails alone, and the others go on."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest

from datasette_config.memory import PROCESS_MB
from tests.benchmarks.measured_programs import Server, served

#: What a process that serves the publication may take, in megabytes.
MEMORY_CAP_MB = 512
#: Four hundred texts of a megabyte each, all held at the same time.
WIDE = (
    "select "
    + ", ".join(f"group_concat(hex(zeroblob(4800)), '{column}') as c{column}" for column in range(400))
    + " from (select 1 from trends t, trends u limit 100)"
)
#: As many rows as a page shows, each nearly as long as a text may be.
LONG = (
    "with recursive n(x) as (select 1 union all select x + 1 from n where x < 1000) "
    "select hex(zeroblob(400000)) as y from n"
)


@pytest.fixture(scope="module")
def server(public: Path) -> Iterator[Server]:
    with served(["narratives", "serve", public, "--allow-sql"]) as found:
        yield found


def ask(server: Server, path: str) -> tuple[int, int]:
    """Return status and length of an answer."""
    with closing(server.connect()) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, len(answer.read())


@pytest.mark.parametrize("name", ["sql", "sql.csv"])
def test_rows_that_fill_the_memory_are_cut_off(server: Server, name: str) -> None:
    status, size = ask(server, f"/fr/{name}?sql={quote(LONG)}")
    assert status == 200 and size < 3_000_000
    assert server.memory_mb() < MEMORY_CAP_MB


def test_a_question_that_takes_too_much_memory_fails_alone(server: Server) -> None:
    status, _ = ask(server, f"/fr/sql?sql={quote(WIDE)}")
    assert status == 400
    assert server.memory_mb() < MEMORY_CAP_MB
    assert ask(server, "/fr/documents")[0] == 200


def test_the_process_has_a_limit_that_the_operator_may_set(public: Path, server: Server) -> None:
    def limit(of: Server) -> str:
        lines = Path(f"/proc/{of.pid}/limits").read_text(encoding="utf-8").splitlines()
        return next(line.split()[3] for line in lines if line.startswith("Max data size"))

    assert limit(server) == str(PROCESS_MB * 1024 * 1024)
    with served(["narratives", "serve", public, "--memory-mb", "700"]) as smaller:
        assert limit(smaller) == str(700 * 1024 * 1024)
        assert ask(smaller, "/fr/")[0] == 200
