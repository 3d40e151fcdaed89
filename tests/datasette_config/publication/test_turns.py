"""Dear questions take turns: a few at a time, fairly by address, and never in the way of the plain pages."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from datasette_config.plugins import turns
from datasette_config.plugins.security import HEADERS
from datasette_config.plugins.turns import BusyError, Turns, is_dear


def test_no_more_than_a_few_are_answered_at_a_time() -> None:
    async def crowd() -> int:
        taken, now, most = Turns(at_once=2), 0, 0

        async def question(number: int) -> None:
            nonlocal now, most
            give_back = await taken.take(f"10.0.0.{number % 5}")
            now, most = now + 1, max(most, now + 1)
            await asyncio.sleep(0.001)
            now -= 1
            give_back()
            give_back()

        await asyncio.gather(*(question(number) for number in range(30)))
        return most

    assert asyncio.run(crowd()) == 2


def test_an_address_with_many_questions_waits_for_itself() -> None:
    async def order() -> list[str]:
        taken, answered = Turns(at_once=1), []
        give_back = await taken.take("first")

        async def question(name: str, address: str) -> None:
            done = await taken.take(address)
            answered.append(name)
            done()

        crowd = [asyncio.create_task(question(f"crowd {number}", "10.0.0.1")) for number in range(5)]
        await asyncio.sleep(0)
        reader = asyncio.create_task(question("reader", "10.0.0.2"))
        await asyncio.sleep(0)
        give_back()
        await asyncio.gather(*crowd, reader)
        return answered

    assert asyncio.run(order()) == ["crowd 0", "reader", "crowd 1", "crowd 2", "crowd 3", "crowd 4"]


def test_who_waits_too_long_or_in_too_large_a_crowd_is_told_so() -> None:
    async def refused() -> tuple[int, int]:
        taken = Turns(at_once=1, longest_wait=0.05)
        give_back = await taken.take("holder")
        results = await asyncio.gather(
            *(taken.take("crowd") for _ in range(turns.WAITING_OF_ONE + 3)), return_exceptions=True
        )
        give_back()
        again = await taken.take("crowd")
        again()
        return sum(isinstance(one, BusyError) for one in results), len(results)

    assert asyncio.run(refused()) == (turns.WAITING_OF_ONE + 3, turns.WAITING_OF_ONE + 3)


def test_a_proxy_on_this_machine_may_bring_many_questions() -> None:
    async def answered() -> int:
        taken = Turns(at_once=1)
        give_back = await taken.take("127.0.0.1")

        async def question() -> None:
            (await taken.take("127.0.0.1"))()

        crowd = [asyncio.create_task(question()) for _ in range(turns.WAITING_OF_ONE * 3)]
        await asyncio.sleep(0)
        give_back()
        await asyncio.gather(*crowd)
        return len(crowd)

    assert asyncio.run(answered()) == turns.WAITING_OF_ONE * 3


def test_who_goes_away_while_waiting_keeps_no_turn() -> None:
    async def left() -> None:
        taken = Turns(at_once=1)
        give_back = await taken.take("holder")
        waiting = [asyncio.create_task(taken.take("gone")) for _ in range(3)]
        await asyncio.sleep(0)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        give_back()
        (await asyncio.wait_for(taken.take("next"), 1))()

    asyncio.run(left())


@pytest.mark.parametrize(
    ("path", "query", "dear"),
    [
        ("/fr/", "", False),
        ("/fr/narratives/x", "", False),
        ("/fr/documents/0123", "", False),
        ("/fr/documents", "", False),
        ("/fr/documents", "q=paris", True),
        ("/fr/documents.csv", "", True),
        ("/en/reports/weekly", "", False),
        ("/en/reports/weekly", "since=2025-01-01", True),
        ("/public", "", True),
        ("/public/documents", "", True),
        ("/public.json", "", True),
        ("/-/static-plugins/mali-narratives/narratives.css", "x=1", False),
    ],
)
def test_what_is_dear(path: str, query: str, dear: bool) -> None:
    assert is_dear({"path": path, "query_string": query.encode()}) is dear


def test_plain_pages_do_not_wait(public: Path, open_publication: Callable[[Path], Any]) -> None:
    """With no turn to be had, searches and tables are refused politely and pages answer."""
    reader = open_publication(public)
    turns._turns[reader.datasette] = Turns(at_once=0, longest_wait=0.02)
    for path in ("/fr/", "/fr/narratives/neocolonial-france", "/fr/documents", "/en/method"):
        assert reader.get(path).status_code == 200
    for path in ("/fr/documents?q=paris", "/public/documents", "/public/documents.csv", "/fr/documents.atom"):
        answer = reader.get(path)
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "5")
        assert all(answer.headers[name.decode()] == value.decode() for name, value in HEADERS.items())


def test_an_answer_that_nobody_takes_holds_no_turn(public: Path, open_publication: Any) -> None:
    reader = open_publication(public)
    turns._turns[reader.datasette] = Turns(at_once=1, longest_wait=5)
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/public/documents.csv",
        "query_string": b"",
        "headers": [(b"host", b"localhost")],
        "scheme": "http",
        "http_version": "1.1",
        "client": ("10.0.0.9", 1),
        "server": ("127.0.0.1", 80),
        "root_path": "",
        "asgi": {"version": "3.0"},
    }

    async def stalled() -> int:
        application, taken = reader.datasette.app(), asyncio.Event()

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.body":
                taken.set()
                await asyncio.sleep(60)

        reading = asyncio.create_task(application(scope, receive, send))
        await taken.wait()
        answer = await reader.datasette.client.get("/public/documents.json")
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        return int(answer.status_code)

    assert asyncio.run(stalled()) == 200
