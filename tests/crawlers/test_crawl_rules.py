"""The rules a crawl follows: which addresses, in which spelling, how often, and what is no article."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.addresses import UrlGate, address_refusal, canonical_url, looks_like_trap
from crawlers.masking import masked
from crawlers.politeness import HostRestingError, HostTurns, retry_after_seconds
from crawlers.robots import rules_of
from crawlers.schedule import wants_fetch
from crawlers.walls import wall_mark
from db.clock import timestamp
from db.crawl_records import Seen

NOW = datetime(2026, 6, 15, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("address", "canonical"),
    [
        (
            "https://lefaso.example/spip.php?article12&utm_source=x",
            "https://lefaso.example/spip.php?article12",
        ),
        ("HTTPS://Journal.example:443/a?b=2&a=1#top", "https://journal.example/a?a=1&b=2"),
        ("http://journal.example./l%C3%A9/?fbclid=1", "http://journal.example/l%C3%A9/"),
        ("https://journal.example/é", "https://journal.example/%C3%A9"),
        ("javascript:alert(1)", None),
        ("https://[broken/", None),
    ],
)
def test_one_spelling_for_one_address(address: str, canonical: str | None) -> None:
    assert canonical_url(address) == canonical


@given(st.text(max_size=80))
def test_the_canonical_spelling_is_stable(tail: str) -> None:
    once = canonical_url(f"https://journal.example/{tail}")
    assert once is None or canonical_url(once) == once


@pytest.mark.parametrize(
    "host",
    ["localhost", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0", "[::1]", "[::ffff:127.0.0.1]",
     "10.1.2.3", "169.254.169.254", "①②⑦.⓪.⓪.①", "printer.local", "localhost.", "192.168.0.1", "[fd00::1]",
     "[2002:7f00:1::]",
     "100.64.0.1", "0.0.0.0", "metadata.internal", "intranet", "127.0.0.1.", "user@journal.example",
     "journal.example:8080", "journal.example:22"],
)  # fmt: skip
def test_no_spelling_of_a_private_place_passes_the_gate(host: str) -> None:
    assert UrlGate().refusal(f"http://{host}/") is not None


@given(st.ip_addresses())
def test_only_global_addresses_are_connected_to(address: object) -> None:
    if address_refusal(str(address)) is None:
        assert address.is_global  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "scheme", ["file", "data", "ftp", "gopher", "ws", "mailto", "tel", "chrome", "blob", "s3", ""]
)
def test_no_other_scheme_passes(scheme: str) -> None:
    assert UrlGate().refusal(f"{scheme}://journal.example/") is not None


def test_loopback_hosts_pass_only_by_name() -> None:
    gate = UrlGate({"journal.example"})
    assert gate.refusal("https://journal.example/a") is None
    assert gate.refusal("https://journal.example:8080/a") is not None
    assert gate.refusal("http://127.0.0.1/a") is not None


def test_paths_that_repeat_themselves_are_traps() -> None:
    assert looks_like_trap("https://a.example/mali/mali/mali/mali/")
    assert not looks_like_trap("https://a.example/2024/01/01/mali-le-mali-au-mali")


def test_requests_to_one_host_are_spaced_and_never_overlap() -> None:
    clock, starts, active = [0.0], [], [0]

    async def sleep(seconds: float) -> None:
        clock[0] += seconds

    async def ask(turns: HostTurns, takes: float) -> None:
        async with turns.turn("a.example"):
            starts.append(clock[0])
            active[0] += 1
            assert active[0] == 1
            await asyncio.sleep(0)
            clock[0] += takes
            active[0] -= 1

    async def run(crawl_delay: float | None, takes: float) -> list[float]:
        starts.clear()
        turns = HostTurns(clock=lambda: clock[0], sleep=sleep)
        turns.set_crawl_delay("a.example", crawl_delay)
        await asyncio.gather(*(ask(turns, takes) for _ in range(5)))
        return [later - earlier for earlier, later in pairwise(starts)]

    assert all(5 <= gap <= 6.01 for gap in asyncio.run(run(None, 0.1)))
    assert all(20 <= gap <= 24.01 for gap in asyncio.run(run(20, 0.1)))
    assert all(60 <= gap <= 72.01 for gap in asyncio.run(run(900, 0.1)))
    assert all(14 <= gap <= 16.9 for gap in asyncio.run(run(None, 7)))


def test_a_host_that_asks_for_peace_gets_it() -> None:
    clock = [0.0]

    async def sleep(seconds: float) -> None:
        clock[0] += seconds

    async def run() -> None:
        turns = HostTurns(["a.example"], clock=lambda: clock[0], sleep=sleep)
        turns.note_answer("a.example", 429, "30")
        async with turns.turn("a.example"):
            assert clock[0] >= 30
        turns.note_answer("a.example", 503, "3600")
        with pytest.raises(HostRestingError, match="3600 s"):
            async with turns.turn("a.example"):
                pass

    asyncio.run(run())


@given(st.text(max_size=40))
def test_any_retry_after_is_a_sane_wait_or_nothing(value: str) -> None:
    wait = retry_after_seconds(value)
    assert wait is None or 0 <= wait <= 24 * 3600


@pytest.mark.parametrize(
    ("status", "open_to", "closed_to"),
    [(200, True, False), (404, True, True), (401, True, True), (403, True, True), (410, True, True),
     (301, True, True), (429, False, False), (500, False, False), (503, False, False), (None, False, False)],
)  # fmt: skip
def test_robots_answers_are_judged_as_rfc_9309_says(
    status: int | None, open_to: bool, closed_to: bool
) -> None:
    rules = rules_of(status, b"User-agent: *\nDisallow: /closed\n")
    assert (rules.refuses("https://a.example/open") is None) == open_to
    assert (rules.refuses("https://a.example/closed") is None) == closed_to


def test_robots_groups_for_us_and_delays_are_read() -> None:
    ours = b"\xef\xbb\xbfUser-agent: mali-narratives\nCrawl-delay: 12\nDisallow: /x\n\n"
    body = ours + b"User-agent: *\nDisallow: /\n"
    rules = rules_of(200, body)
    assert rules.crawl_delay == 12
    assert rules.refuses("https://a.example/y") is None
    assert rules.refuses("https://a.example/x") is not None


def seen(**values: object) -> Seen:
    known = Seen("u", 1, "u", timestamp(NOW), False, 1, 0, "stored", 200, timestamp(NOW))
    return replace(known, **values)  # type: ignore[arg-type]


def failed(outcome: str, times: int, status: int | None = None) -> Seen:
    return seen(
        document_id=None, first_seen_at=None, failures=times, last_outcome=outcome, last_status=status
    )


@pytest.mark.parametrize(
    ("known", "updated_at", "later", "wanted"),
    [
        (None, None, 0, True),
        (seen(), None, 1, False),
        (seen(), None, 6, True),
        (seen(looks=2), None, 12, False),
        (seen(looks=2), None, 48, True),
        (seen(), None, 100, False),
        (seen(looks=3), None, 28 * 24, False),
        (seen(looks=3), None, 29 * 24, True),
        (seen(looks=4, last_at="2026-07-14T00:00:00Z"), None, 30 * 24, False),
        (seen(looks=3), None, 38 * 24, False),
        (seen(looks=4), "2026-06-15T08:00:00Z", 3, True),
        (seen(looks=4), "2026-06-15T08:00:00Z", 1, False),
        (seen(looks=10), "2026-06-15T08:00:00Z", 3, False),
        (seen(gone=True), "2026-06-15T08:00:00Z", 6, False),
        (failed("timeout", 1), None, 6, True),
        (failed("timeout", 5), None, 6, False),
        (failed("too_big", 1), None, 6, False),
        (failed("parse_failed", 1, 200), None, 6, True),
        (failed("parse_failed", 2, 200), None, 6, False),
        (failed("parse_failed", 1), None, 6, False),
        (failed("http_error", 2, 404), None, 6, False),
        (failed("http_error", 2, 502), None, 6, True),
    ],
)
def test_when_an_address_is_fetched(
    known: Seen | None, updated_at: str | None, later: int, wanted: bool
) -> None:
    assert wants_fetch(known, updated_at, NOW + timedelta(hours=later), forced=False) is wanted


@pytest.mark.parametrize(
    ("text", "is_wall"),
    [
        ("Verifying you are human. This may take a few seconds.", True),
        ("Vérifions que vous n'êtes pas un robot", True),
        ("Cet article est réservé aux abonnés. Déjà abonné ?", True),
        ("Access denied", True),
        ("Le ministre a reçu une délégation venue du nord pour parler du prix du transport.", False),
        ("Just a moment : le musicien de Kayes raconte ses débuts. " * 60, False),
    ],
)
def test_walls_are_told_from_articles(text: str, is_wall: bool) -> None:
    mark = wall_mark(title=None, text=text, body=text.encode(), status=200, headers={})
    assert (mark is not None) is is_wall


def test_private_data_is_masked_and_dates_and_sums_stay() -> None:
    text = "Appelle le 76 12 34 56 ou +223 76123456, écris à awa.t@mail.example, merci @moussa.k !"
    assert masked(text) == "Appelle le [numéro] ou [numéro], écris à [adresse], merci [compte] !"
    kept = "Le 2026-06-14, soit le 14-06-2026, 14 750 000 000 francs pour 12 villages (2012-2013)."
    assert masked(kept) == kept
