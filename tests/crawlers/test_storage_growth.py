# ruff: noqa: T201
"""What is kept grows with what is received and hardly faster: evidence and database beside the payload."""

import gzip
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from db.clock import timestamp
from tests.crawlers.crawl_desk import Desk
from tests.crawlers.local_site import Answer, LocalSite, article, local_site, rss

BEGIN = datetime(2026, 6, 1, 6, tzinfo=UTC)
WORDS = [
    "le", "la", "des", "marché", "commune", "maire", "pont", "route", "village", "école", "eau", "pluie",
    "récolte", "prix", "transport", "rencontre", "habitants", "région", "nord", "sud", "fleuve", "semaine",
    "matin", "soir", "travaux", "forage", "dispensaire", "radio",
]  # fmt: skip


def furniture(chance: random.Random) -> str:
    """Return menus, scripts and teasers: with them a page weighs about 110 kB, 27 kB of it compressed."""
    links = "".join(
        f"<li class='menu-item menu-item-{n}'><a href='/rubrique/{chance.randrange(10**9)}'>"
        f"{' '.join(chance.choices(WORDS, k=4))}</a></li>"
        for n in range(450)
    )
    script = "".join(f"var _{chance.randrange(10**9):x}={chance.random()};" for _ in range(1_200))
    return f"<script>{script}</script></head><body><nav><ul>{links}</ul></nav>"


def page(outlet: str, number: int, frame: str) -> bytes:
    """Return one article of about three thousand characters inside the outlet's frame, compressed."""
    chance = random.Random(f"{outlet} {number}")
    text = "\n".join(" ".join(chance.choices(WORDS, k=45)).capitalize() + "." for _ in range(11))
    whole = article(f"Note {number} de {outlet}", text).replace("</head><body>", frame)
    return gzip.compress(whole.encode())


def publish(site: LocalSite, desk: Desk, name: str, day: int, a_day: int) -> None:
    """Bring out the articles of a day; the feed lists those of the last three."""
    host, frame = f"{name}.example", furniture(random.Random(name))
    links = []
    for number in range(max(0, (day - 2) * a_day), (day + 1) * a_day):
        path, at = f"/{number}", BEGIN + timedelta(days=number // a_day, hours=-2)
        answer = Answer(page(name, number, frame), headers={"Content-Encoding": "gzip"})
        site.put(host, path, answer)
        links.append((f"https://{host}{path}", f"Note {number} de {name}", f"{at:%a, %d %b %Y %H:%M:%S} GMT"))
    site.put(host, "/feed", rss(*links))


def weighed(desk: Desk) -> tuple[int, int, int]:
    """Return the bytes received, of evidence and of the database."""
    ((received,),) = desk.rows("select sum(payload_bytes) from captures")
    evidence = sum(path.stat().st_size for path in (desk.folder / "evidence").rglob("*") if path.is_file())
    return received, evidence, sum(path.stat().st_size for path in desk.folder.glob("press.db*"))


@pytest.mark.parametrize(
    ("days", "a_day"), [(3, 6), pytest.param(28, 10, marks=pytest.mark.soak)], ids=["scaled", "full"]
)
def test_a_kilobyte_received_takes_at_most_1200_bytes_on_disk(tmp_path: Path, days: int, a_day: int) -> None:
    with local_site() as site:
        desk = Desk(tmp_path, site)
        for name in ("un", "deux"):
            desk.add(name, f"https://{name}.example/feed")
        for day in range(days + 1):
            for name in ("un", "deux"):
                publish(site, desk, name, day, a_day)
            desk.crawl(now=timestamp(BEGIN + timedelta(days=day)))
            if day == 0:
                before = weighed(desk)
        received, evidence, database = (now - then for now, then in zip(weighed(desk), before, strict=True))
        ((documents,),) = desk.rows("select count(*) from documents")
    assert documents == 2 * a_day * (days + 1)
    ratio = (evidence + database) / received
    print(
        f"\n{days} days, {documents} articles: {received / 1e6:.2f} MB received (compressed), "
        f"{evidence / 1e6:.2f} MB of evidence, {database / 1e6:.2f} MB of database: ratio {ratio:.2f}"
    )
    assert ratio <= 1.2
