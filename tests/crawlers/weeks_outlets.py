"""Outlets that live for months: when each publishes, what befalls it, and what it says at any moment.

Everything follows from the seed and the moment asked for, so a server in another process and the
account at the end agree without talking to each other. Texts are made up.
"""

import hashlib
import json
import random
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import parse_qs, urlsplit

from tests.crawlers.local_site import Answer, article

START = datetime(2026, 1, 5, tzinfo=UTC)
_PLACES = ("Kayes", "Mopti", "Ségou", "Gao", "Sikasso", "Koulikoro", "Kidal", "Bandiagara", "Nioro", "Djenné")
_THINGS = ("le marché", "le pont", "l'école", "la piste", "le forage", "le dispensaire", "la radio", "le bac")
_DEEDS = ("a rouvert", "attend des travaux", "a reçu une visite", "manque de moyens", "a changé de mains")

#: What an outlet may be: how it is listed and what its server claims.
PLATFORMS = ("feed", "sitemap", "wordpress")


@dataclass(frozen=True, slots=True)
class Spell:
    """A stretch of days during which an outlet behaves differently."""

    what: str
    since: float
    until: float = 1e9

    def covers(self, day: float) -> bool:
        return self.since <= day < self.until


@dataclass(slots=True)
class Outlet:
    """One outlet; ``published`` are days after START, in order, backlog before it included."""

    name: str
    platform: str = "feed"
    per_day: float = 0.7
    listed: int = 20
    validators: str = "honest"  # honest, none, frozen-etag, frozen-date
    spells: Sequence[Spell] = ()
    published: list[float] = field(default_factory=list)

    @property
    def host(self) -> str:
        return f"{self.name}.example"

    @property
    def url(self) -> str:
        path = {"feed": "/feed", "sitemap": "/sitemap.xml", "wordpress": "/wp-json/wp/v2/posts"}[
            self.platform
        ]
        return f"https://{self.host}{path}"

    def live(self, days: float, seed: int) -> None:
        """Draw the moments of publication: by day, rarely at night and at weekends, never while down."""
        chance = random.Random(f"{seed} {self.name}")
        if not self.per_day:
            self.published = [float(-day) for day in range(60, 30, -2)]
            return
        day = -self.listed / self.per_day
        silent = [spell for spell in self.spells if spell.what in DOWN or spell.what == "rests"]
        bursts = [spell for spell in self.spells if spell.what == "bursts"]
        while day < days:
            pace = self.per_day * (6 if any(spell.covers(day) for spell in bursts) else 1)
            day += chance.expovariate(pace)
            moment = START + timedelta(days=day)
            at_rest = moment.hour < 5 or (moment.weekday() >= 5 and chance.random() < 0.5)
            if day < days and not at_rest and not any(spell.covers(day) for spell in silent):
                self.published.append(round(day, 4))

    def spell(self, day: float) -> str | None:
        return next((spell.what for spell in self.spells if spell.covers(day)), None)

    def newest(self, day: float, most: int) -> list[int]:
        """Return the numbers of the newest items at a moment, newest first."""
        end = bisect_right(self.published, day)
        return list(range(end - 1, max(-1, end - 1 - most), -1))

    def link(self, number: int, day: float) -> str:
        host = f"new.{self.host}" if self.spell(day) == "resettled" else self.host
        return f"https://{host}/a/{number}"


#: Spells in which nothing of an outlet answers as it should.
DOWN = {"404", "410", "503", "cut", "drained", "page"}


def moment_of(day: float) -> datetime:
    return START + timedelta(days=day)


def edited(outlet: Outlet, number: int) -> bool:
    """Whether an article is corrected ten hours after it came out."""
    return int(hashlib.sha256(f"{outlet.name}{number}".encode()).hexdigest(), 16) % 20 == 0


def text_of(outlet: Outlet, number: int, day: float) -> str:
    chance = random.Random(f"{outlet.name}{number}")
    lines = [
        f"À {chance.choice(_PLACES)}, {chance.choice(_THINGS)} {chance.choice(_DEEDS)} "
        f"selon les habitants interrogés par {outlet.name} pour sa note numéro {number}."
        for _ in range(4)
    ]
    if edited(outlet, number) and day > outlet.published[number] + 10 / 24:
        lines.append("Une version précédente de cette note donnait un autre nom de lieu.")
    return "\n".join(lines)


def title_of(outlet: Outlet, number: int) -> str:
    return f"Note {number} de {outlet.name}"


def answer(outlet: Outlet, host: str, target: str, headers: Mapping[str, str], day: float) -> Answer:
    """Return what the outlet's server says to one request at a moment."""
    path = urlsplit(target).path
    state = outlet.spell(day)
    if state == "resettled" and host == outlet.host:
        return Answer(status=301, headers={"Location": f"https://new.{outlet.host}{target}"})
    if state in ("404", "410", "503"):
        return Answer("…", int(state))
    if state == "cut":
        return Answer(raw=lambda handler: None)
    if path == "/robots.txt":
        return Answer("User-agent: *\nDisallow: /prive/\n", content_type="text/plain")
    if path.startswith("/a/"):
        return _page(outlet, int(path.removeprefix("/a/")), day)
    if state == "429":
        return Answer("doucement", 429, headers={"Retry-After": "43200"})
    if state == "moved" and path == urlsplit(outlet.url).path:
        return Answer(status=301, headers={"Location": f"https://{outlet.host}/nouveau/flux"})
    if state == "page":
        return Answer(
            "<!doctype html><html><head><title>Accueil</title></head><body><p>Bienvenue</p></body></html>"
        )
    if outlet.platform == "wordpress":
        return _posts(outlet, target, day)
    if path not in (urlsplit(outlet.url).path, "/nouveau/flux"):
        return Answer("rien ici", 404)
    return _validated(outlet, _listing(outlet, state, day), headers, day)


def _page(outlet: Outlet, number: int, day: float) -> Answer:
    if not 0 <= number < len(outlet.published) or outlet.published[number] > day:
        return Answer("pas encore", 404)
    stamp = moment_of(outlet.published[number]).isoformat()
    return Answer(article(title_of(outlet, number), text_of(outlet, number, day), date=stamp))


def _listing(outlet: Outlet, state: str | None, day: float) -> Answer:
    numbers = [] if state == "drained" else outlet.newest(day, outlet.listed)
    if outlet.platform == "sitemap":
        entries = "".join(
            f"<url><loc>{outlet.link(n, day)}</loc>"
            f"<lastmod>{moment_of(_changed(outlet, n, day)).isoformat()}</lastmod></url>"
            for n in numbers
        )
        return Answer(f'<?xml version="1.0"?><urlset>{entries}</urlset>', content_type="application/xml")
    items = [(outlet.link(n, day), title_of(outlet, n), moment_of(outlet.published[n])) for n in numbers]
    if state == "atom":
        entries = "".join(
            f"<entry><title>{title}</title><link href='{link}'/><id>{link}</id>"
            f"<published>{at.isoformat()}</published></entry>"
            for link, title, at in items
        )
        return Answer(
            f'<feed xmlns="http://www.w3.org/2005/Atom">{entries}</feed>', content_type="application/atom+xml"
        )
    if state == "json":
        entries_json = [
            {"url": link, "title": title, "date_published": at.isoformat()} for link, title, at in items
        ]
        body = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": entries_json})
        return Answer(body, content_type="application/feed+json")
    entries = "".join(
        f"<item><title>{title}</title><link>{link}</link><pubDate>{format_datetime(at)}</pubDate></item>"
        for link, title, at in items
    )
    return Answer(
        f'<?xml version="1.0"?><rss version="2.0"><channel>{entries}</channel></rss>',
        content_type="application/rss+xml",
    )


def _changed(outlet: Outlet, number: int, day: float) -> float:
    published = outlet.published[number]
    return published + 10 / 24 if edited(outlet, number) and day > published + 10 / 24 else published


def _validated(outlet: Outlet, made: Answer, headers: Mapping[str, str], day: float) -> Answer:
    """Add the marks of the outlet's server and believe those of the request, honestly or not."""
    if outlet.validators == "none":
        return made
    if outlet.validators == "frozen-date":
        marks = {"Last-Modified": "Mon, 05 Jan 2026 00:00:00 GMT"}
        known = "If-Modified-Since" in headers
    else:
        frozen = outlet.validators == "frozen-etag"
        mark = "frozen" if frozen else hashlib.sha256(str(made.body).encode()).hexdigest()[:16]
        marks = {"ETag": f'"{mark}"'}
        known = headers.get("If-None-Match") == f'"{mark}"'
    if known:
        return Answer(status=304, headers=marks)
    return Answer(made.body, headers=marks, content_type=made.content_type)


def _posts(outlet: Outlet, target: str, day: float) -> Answer:
    query = {key: values[0] for key, values in parse_qs(urlsplit(target).query).items()}
    size, page = int(query["per_page"]), int(query["page"])
    numbers = sorted(
        outlet.newest(day, len(outlet.published)), key=lambda n: _changed(outlet, n, day), reverse=True
    )
    pages = max(1, -(-len(numbers) // size))
    if page > pages:
        return Answer('{"code":"rest_post_invalid_page_number"}', 400, content_type="application/json")
    posts = [
        {
            "id": n, "link": outlet.link(n, day), "title": {"rendered": title_of(outlet, n)},
            "date_gmt": moment_of(outlet.published[n]).strftime("%Y-%m-%dT%H:%M:%S"),
            "modified_gmt": moment_of(_changed(outlet, n, day)).strftime("%Y-%m-%dT%H:%M:%S"),
            "content": {"rendered": text_of(outlet, n, day).replace("\n", "<br><br>")},
        }
        for n in numbers[(page - 1) * size : page * size]
    ]  # fmt: skip
    return Answer(json.dumps(posts), headers={"X-WP-TotalPages": str(pages)}, content_type="application/json")
