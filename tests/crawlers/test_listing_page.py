"""Pages that list articles: by rule, by selectors, and through the command."""

import time
from pathlib import Path

from crawlers.listing_page import parse_listing
from tests.crawlers.crawl_desk import EVENING, Desk
from tests.crawlers.local_site import LocalSite, article

PAGE = """<html><head><title>Le Journal</title></head><body>
<header><nav><a href="/politique">Politique</a>
<a href="/la-une-de-ce-jour-en-continu">La une de ce jour en continu</a>
</nav></header><main>
<div class="card"><a href="/2026/06/le-barrage-reprend/"><img src="x"></a>
 <h2><a href="/2026/06/le-barrage-reprend/">Le barrage reprend</a></h2>
 <time datetime="2026-06-14T10:00:00+00:00">14 juin</time>
 <a href="/2026/06/le-barrage-reprend/#lire">Lire</a></div>
<div class="card"><h2><a href="/posts/le-pont-de-bamako-ferme-68d63f">Le pont de Bamako ferme</a></h2>
 <span>13 juin 2026</span></div>
<div class="card"><h2><a href="/spip.php?article1234">La pluie tarde</a></h2></div>
<a href="/tag/mali-et-ses-voisins-du-nord">Mali et ses voisins du nord</a>
<a href="https://ailleurs.example/2026/06/un-autre-article-long">Un autre article bien long</a></main>
<footer><a href="/mentions-legales">Mentions légales du journal en ligne</a></footer></body></html>"""
FOUND = [
    "https://journal.example/2026/06/le-barrage-reprend/",
    "https://journal.example/posts/le-pont-de-bamako-ferme-68d63f",
    "https://journal.example/spip.php?article1234",
]


def test_articles_are_told_from_menus_tags_and_other_sites_by_rule() -> None:
    found = parse_listing(PAGE.encode(), "https://journal.example/")
    assert [item.url for item in found.items] == FOUND
    assert [item.title for item in found.items] == [
        "Le barrage reprend", "Le pont de Bamako ferme", "La pluie tarde"
    ]  # fmt: skip
    # Without a selector only a date that is written for machines counts.
    assert [item.published_at for item in found.items] == ["2026-06-14T10:00:00Z", None, None]


def test_selectors_read_dates_in_words_and_say_when_they_match_nothing() -> None:
    selectors = {"item": "div.card", "link": "h2 a", "date": "span, time"}
    found = parse_listing(PAGE.encode(), "https://journal.example/", selectors=selectors)
    assert [item.published_at for item in found.items] == ["2026-06-14T10:00:00Z", "2026-06-13", None]
    missed = parse_listing(PAGE.encode(), "https://journal.example/", selectors={**selectors, "item": "li.x"})
    assert missed.kind == "broken" and "nothing matches 'li.x'" in (missed.detail or "")


def test_a_page_of_20_000_links_is_read_in_time() -> None:
    links = "".join(
        f'<a href="/2026/06/un-article-du-jour-{n}">Un article du jour {n}</a>' for n in range(20_000)
    )
    began = time.perf_counter()
    found = parse_listing(f"<html><body>{links}</body></html>".encode(), "https://journal.example/")
    assert (len(found.items), found.unread) == (2_000, 18_000)
    assert time.perf_counter() - began < 10


def test_a_listing_source_is_crawled_like_a_feed(tmp_path: Path, site: LocalSite) -> None:
    desk = Desk(tmp_path, site)
    host = desk.add(
        "journal", "https://journal.example/", platform="listing",
        selectors={"item": "div.card", "link": "h2 a", "date": "span, time"},
    )  # fmt: skip
    site.put(host, "/", PAGE)
    for number, url in enumerate(FOUND):
        text = (
            f"Le conseil numéro {number} a parlé du barrage.\nLes habitants attendent l'eau depuis trois ans."
        )
        site.put(host, url.removeprefix("https://journal.example"), article(f"Titre {number}", text))
    desk.crawl()
    assert desk.rows("select url, published_at from documents order by url") == [
        (FOUND[0], "2026-06-14T10:00:00Z"), (FOUND[1], "2026-06-13"), (FOUND[2], None)
    ]  # fmt: skip
    desk.crawl(now=EVENING)
    assert desk.rows("select count(*) from documents") == [(3,)]
