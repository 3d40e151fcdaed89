"""Where a crawl may connect: whatever the spelling, the entrance or the answer of the name server."""

from collections import Counter
from pathlib import Path

import pytest
from pydantic import ValidationError

from crawlers.catalog import Source
from tests.crawlers.crawl_desk import Desk
from tests.crawlers.guarded_net import PUBLIC, Net, run_on
from tests.crawlers.local_site import Answer, LocalSite, article, local_site, rss

DAY = "Mon, 15 Jun 2026 05:00:00 GMT"
TEXT = (
    "Le maire de la commune a reçu vendredi une délégation de commerçants venus du nord du pays.\n"
    "La rencontre portait sur le prix du transport, que plusieurs orateurs ont jugé trop élevé."
)
SCHEMES = [
    "file:///etc/hostname", "data:text/html,<p>x", "ftp://journal.example/x", "gopher://journal.example/x",
    "s3://journal/x", "javascript:alert(1)", "mailto:a@journal.example", "blob:https://journal.example/1",
    "ws://journal.example/x", "jar:http://journal.example/x!/y", "dict://journal.example:2628/x",
    "view-source:http://journal.example/x",
]  # fmt: skip
PRIVATE = [
    "localhost", "LOCALHOST", "localhost.", "127.0.0.1", "127.0.0.1.", "127.1", "127.0.1", "127.127.127.127",
    "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001", "0", "0.0.0.0", "[::1]", "[::]",
    "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::7f00:1]", "[2002:7f00:1::]",
    "[2001:0:7f00:1::]", "[64:ff9b::7f00:1]", "[fe80::1]", "[fd00::1]", "[fec0::1]", "①②⑦.⓪.⓪.①",
    "１２７.０.０.１", "127。0。0。1",
    "ｌｏｃａｌｈｏｓｔ", "10.0.0.1", "172.16.0.1", "192.168.0.1", "100.64.0.1", "169.254.169.254",
    "2852039166", "metadata.google.internal", "printer.local", "inside.example",
]  # fmt: skip
ENTRANCES = ("feed", "sitemap", "link", "redirect")


def put_entrances(desk: Desk, site: LocalSite, targets: list[str]) -> None:
    """Offer every target as item of a feed and a sitemap, as a link of a page, and behind a redirect.

    Each entrance has its own spelling: what one has been refused is not asked for again by the next.
    """
    offered = {name: [escaped(f"{target}?{name}") for target in targets] for name in ENTRANCES}
    feed = desk.add("feed", "https://feed.example/feed")
    site.put(feed, "/feed", rss(*((target, "Titre", DAY) for target in offered["feed"])))
    listed = "".join(f"<url><loc>{target}</loc></url>" for target in offered["sitemap"])
    sitemap = desk.add("sitemap", "https://sitemap.example/sitemap.xml", platform="sitemap")
    site.put(sitemap, "/sitemap.xml", f"<urlset>{listed}</urlset>", content_type="text/xml")
    links = "".join(f'<li><a href="{target}">Un long titre</a></li>' for target in offered["link"])
    link = desk.add(
        "link", "https://link.example/", platform="listing", selectors={"item": "li", "link": "a"}
    )
    site.put(link, "/", f"<html><body><ul>{links}</ul></body></html>")
    redirect = desk.add("redirect", "https://redirect.example/feed")
    pages = [f"https://{redirect}/{number}" for number in range(len(targets))]
    site.put(redirect, "/feed", rss(*((page, "Titre", DAY) for page in pages)))
    for number, target in enumerate(targets):
        location = f"{target}?redirect".encode().decode("latin-1")
        site.put(redirect, f"/{number}", Answer(status=302, headers={"Location": location}))


def escaped(url: str) -> str:
    return url.replace("&", "&amp;").replace("<", "&lt;")


def outcomes(desk: Desk) -> Counter[tuple[str, str]]:
    """Count the outcomes of pages by source and name."""
    return Counter(desk.rows("select source_id, outcome from fetches where purpose = 'page'"))


@pytest.mark.parametrize("gate", [True, False], ids=["with the gate", "by the resolver alone"])
def test_no_private_place_and_no_other_scheme_is_reached_by_any_entrance(tmp_path: Path, gate: bool) -> None:
    places = [f"http://{host}/latest/meta-data" for host in PRIVATE]
    with local_site() as site:
        desk = Desk(tmp_path, site)
        put_entrances(desk, site, places + (SCHEMES if gate else []))
        done = run_on(desk, Net(gate=gate), "crawl")
    assert len(PRIVATE) * len(ENTRANCES) == 160
    assert done.hits == []
    assert desk.rows("select count(*) from documents") == [(0,)]
    found = outcomes(desk)
    assert {source for source, _ in found} == set(ENTRANCES)
    refused = {"refused_policy", "refused_robots"}
    assert {outcome for _, outcome in found} <= refused | (set() if gate else {"net_error"})
    if gate:
        # Spellings of one address are one request; links to what is no address are not even listed.
        by_entrance = {
            entrance: sum(found[entrance, outcome] for outcome in refused) for entrance in ENTRANCES
        }
        assert by_entrance["redirect"] == 40 + 12
        assert by_entrance["feed"] == by_entrance["sitemap"] >= 30 + 12
        assert by_entrance["link"] >= 20


@pytest.mark.parametrize("address", SCHEMES)
def test_no_source_is_catalogued_with_another_scheme(address: str) -> None:
    with pytest.raises(ValidationError):
        Source.model_validate(
            {"id": "x", "title": "X", "platform": "feed", "url": address, "language": "fr",
             "kind": "private", "timezone": "Africa/Bamako", "enabled": True}
        )  # fmt: skip


def test_a_name_that_changes_its_answer_gains_nothing(tmp_path: Path) -> None:
    """The name server says "public" when asked first and a private place when asked again, for 100 names."""
    names = [f"rebind-{number}.example" for number in range(100)]
    inside = ["127.0.0.1", "10.0.0.1", "169.254.169.254", "192.168.0.1"]
    listed = tmp_path / "addresses.txt"
    listed.write_text("".join(f"http://{name}/page\n" for name in names), encoding="utf-8")
    with local_site() as site:
        desk = Desk(tmp_path / "desk", site)
        for name in names:
            # The connection must not be kept: the page would travel on that of robots.txt.
            site.put(name, "/robots.txt", Answer("none", 404, headers={"Connection": "close"}))
            site.put(name, "/page", article("Le pont", TEXT))
        answers = {name: [PUBLIC, inside[number % 4]] for number, name in enumerate(names)}
        done = run_on(desk, Net(names=answers, ports={80: site.port}, cache=False), "import", str(listed))
    assert done.hits == []
    assert done.looked_up >= 200
    assert done.reached == {"80": 100}
    assert Counter(desk.rows("select purpose, outcome from fetches")) == {
        ("robots", "http_error"): 100,
        ("page", "refused_policy"): 100,
    }
