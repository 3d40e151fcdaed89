"""`narratives sources new`: find out how a site can be read, and write its YAML with one frozen page."""

import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import yaml

from crawlers.addresses import canonical_url, host_of
from crawlers.content_decoding import decode_content
from crawlers.discovery import Offer, common_offers, distinct, offers_of_robots
from crawlers.extraction import extract
from crawlers.importing_records import source_slug
from crawlers.parser_pool import PAGE_CAP
from crawlers.robots import robots_address
from crawlers.scouting import Notebook, scout
from crawlers.spiders.scout import Look, Scout
from crawlers.verdicts import Verdict, verdict_of
from db.clock import parse_timestamp
from db.deployment import Deployment
from db.errors import NarrativesError

#: What a probe's kind is read with, best first: a feed is small and dated, an API brings texts along.
_PLATFORM_OF = {
    "feed": "feed", "youtube": "youtube", "posts": "wordpress", "sitemap": "sitemap", "index": "sitemap",
    "listing": "listing",
}  # fmt: skip
_ORDER = tuple(_PLATFORM_OF)
_WRITTEN_BY_HAND = ("kind", "country", "timezone")
_SOLD_AS_WORDS = frozenset({"AI", "CO", "EU", "FM", "IO", "ME", "NET", "TO", "TV", "WS"})
_CHECK = "  # please check"


@dataclass(frozen=True, slots=True)
class Discovery:
    """How a site can be read. ``tried`` has a verdict for every address that was looked at."""

    home: Verdict
    chosen: Verdict | None
    tried: tuple[Verdict, ...]
    page: Look | None


def discover(deployment: Deployment, url: str) -> Discovery:
    """Look at a page or feed, at what it and robots.txt name and at common paths, and at one article.

    Addresses that nobody named are only tried when none that was named works. At most some twenty
    requests, as far apart as those of a crawl.
    """
    tried: list[Verdict] = []
    result: list[Discovery] = []

    async def investigate(spider: Scout, notebook: Notebook) -> None:
        first = await spider.look(url)
        home = verdict_of(first, None, None)
        tried.append(home)
        if _usable(home) and home.probe and home.probe["kind"] != "listing":
            root = await spider.look(urljoin(home.found_at, "/"))
            home_page = verdict_of(root, None, None)
        else:
            home_page = home
            named = [Offer(**offer) for offer in (home.probe or {}).get("offers", ())]
            robots = notebook.robots.get(robots_address(first.url), b"").decode("utf-8", "replace")
            # A page that is walled or dead says nothing of what else the site lists.
            await _try(spider, tried, distinct([*named, *offers_of_robots(robots)]))
            if not any(_usable(verdict) and _kind(verdict) != "listing" for verdict in tried):
                await _try(spider, tried, common_offers(first.url))
        chosen = min(filter(_usable, tried), key=lambda verdict: _ORDER.index(_kind(verdict)), default=None)
        page = None
        # What private persons posted is not kept in a catalogue.
        article_list = chosen if chosen and _kind(chosen) != "youtube" else None
        for item in (article_list.probe or {}).get("samples", ()) if article_list else ():
            page = await spider.look(str(item["url"]), "page")
            if page.reading is not None and page.reading.value and page.reading.value["text"]:
                break
        result.append(Discovery(home_page, chosen, tuple(tried), page))

    scout(deployment, investigate)
    return result[0]


async def _try(spider: Scout, tried: list[Verdict], offers: tuple[Offer, ...]) -> None:
    asked = {verdict.url for verdict in tried}
    for offer in offers:
        if offer.url in asked:
            continue
        hint = "youtube" if offer.platform == "youtube" else None
        found = verdict_of(await spider.look(offer.url, platform=hint), None, None)
        tried.append(found)
        if _usable(found) and offer.platform in ("feed", "youtube"):
            return


def _usable(verdict: Verdict) -> bool:
    return verdict.works and _kind(verdict) in _PLATFORM_OF and bool((verdict.probe or {}).get("items"))


def _kind(verdict: Verdict) -> str:
    return str((verdict.probe or {}).get("kind"))


def write_source(found: Discovery, folder: Path, *, name: str | None, known: Mapping[str, object]) -> Path:
    """Write ``<id>.yml`` and ``frozen/<id>.html.gz`` and return the path of the YAML.

    The source is disabled until a person has read the file. Raises NarrativesError when nothing was found
    or the id is taken.
    """
    if found.chosen is None:
        tried = "\n  ".join(f"{verdict.url}: {verdict.sentence}" for verdict in found.tried)
        raise NarrativesError(
            f"Nothing was found that lists what {found.home.url} publishes. Looked at:\n  {tried}\n"
            "Give the address of its feed, its sitemap or a page that lists its articles."
        )
    source_id = name or source_slug(_name_of(found.home.found_at))
    path = folder / f"{source_id}.yml"
    if source_id in known or path.exists():
        raise NarrativesError(f"There is a source {source_id!r} already. Give another one with --id.")
    folder.mkdir(parents=True, exist_ok=True)
    frozen = _freeze(found.page, folder, source_id) if found.page else None
    path.write_text(_yaml(found, found.chosen, frozen), encoding="utf-8")
    return path


def _name_of(url: str) -> str:
    """Return what an address is called by: the account on a platform, else the host without its ending."""
    path = urlsplit(url).path
    return path[2:] if path.startswith("/@") else host_of(url).removeprefix("www.").rpartition(".")[0]


def _freeze(page: Look, folder: Path, source_id: str) -> dict[str, Any] | None:
    if page.outcome is not None or not page.exchanges:
        return None
    answer = page.exchanges[-1]
    body = decode_content(answer.body, answer.header("content-encoding"), PAGE_CAP)
    target = folder / "frozen" / f"{source_id}.html.gz"
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(gzip.compress(body, mtime=0))
    # Read again from the bytes alone, as the check of the frozen page will: without the answer's headers.
    reading = extract(body, page.url, now=parse_timestamp(answer.captured_at))
    return {
        "file": f"frozen/{source_id}.html.gz",
        "url": page.url,
        "sha256": hashlib.sha256(body).hexdigest(),
        "captured_at": answer.captured_at,
        "title": reading.title,
        "published": reading.published_at,
        "characters": len(reading.text),
    }


def _yaml(found: Discovery, chosen: Verdict, frozen: dict[str, Any] | None) -> str:
    probe, home = chosen.probe or {}, found.home.probe or {}
    page = found.page.reading.value if found.page and found.page.reading and found.page.reading.value else {}
    platform = _PLATFORM_OF[str(probe["kind"])]
    article_host = host_of(str(probe["samples"][0]["url"])).removeprefix("www.")
    own_host = host_of(chosen.found_at).removeprefix("www.")
    content: dict[str, Any] = {
        "title": home.get("title") or own_host,
        "platform": platform,
        "url": _short(chosen.found_at, platform),
        "language": page.get("language") or home.get("language"),
        "country": _country(own_host),
        "timezone": "UTC",
        "kind": "private",
        "enabled": False,
        "disabled_reason": "Written by `narratives sources new`; waits to be read by a person.",
    }
    if platform != "youtube" and article_host and article_host != own_host:
        content["hosts"] = [article_host]
    if frozen:
        content["frozen"] = {key: value for key, value in frozen.items() if value is not None}
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=110)
    lines = [
        line + _CHECK if line.partition(":")[0] in _WRITTEN_BY_HAND else line for line in text.splitlines()
    ]
    statement = (
        "# statements:                # who owns it, pays for it, where it is said to stand; see the README\n"
    )
    return "\n".join(lines) + "\n" + statement


def _short(url: str, platform: str) -> str:
    """The catalogue keeps the address that people know; what a spider adds to it is added again."""
    return re.sub(r"\?.*$", "", url) if platform == "wordpress" else (canonical_url(url) or url)


def _country(host: str) -> str | None:
    """Two-letter endings are countries, but for those that are sold as words."""
    ending = host.rpartition(".")[2].upper()
    return ending if len(ending) == 2 and ending not in _SOLD_AS_WORDS else None
