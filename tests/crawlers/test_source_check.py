"""`sources check`, `sources new`, `sources health`: what addresses are, live on a local site."""

import gzip
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from tests.crawlers.crawl_desk import MORNING, Desk
from tests.crawlers.local_site import Answer, LocalSite, article, rss
from tests.crawlers.post_answers import telegram_message, telegram_page

DAM = (
    "Le ministre a annoncé mercredi à Bamako la reprise des travaux du barrage de la région.\n"
    "Les habitants attendent depuis trois ans l'eau promise par les autorités locales.\n"
    "Selon le préfet, la livraison est prévue pour le mois de décembre prochain."
)
ITEMS = rss(
    ("https://journal.example/2026/06/le-barrage", "Le barrage", "Mon, 15 Jun 2026 05:00:00 GMT"),
    ("https://journal.example/2026/06/le-pont", "Le pont", "Sun, 14 Jun 2026 05:00:00 GMT"),
)
PAGE = (
    '<html lang="fr"><head><title>Le Journal</title>'
    '<meta property="og:site_name" content="Le Journal de Kati">'
    '<link rel="alternate" type="application/rss+xml" title="Flux" href="/actualites.rss">'
    '<link rel="alternate" type="application/rss+xml" title="Commentaires" href="/comments/feed/">'
    "</head><body><p>Bienvenue.</p></body></html>"
)


def sources(desk: Desk, *arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    """Run ``narratives sources`` in the folder of the deployment and insist on its exit code."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("NARRATIVES_")}
    done = subprocess.run(
        [sys.executable, "-c", "from narratives import cli; cli()", "sources", *arguments],
        cwd=desk.folder, capture_output=True,
        env=environment | {"NARRATIVES_NOW": MORNING}, text=True, timeout=100, check=False,
    )  # fmt: skip
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    return done


def verdicts(desk: Desk, *arguments: str, code: int = 0) -> dict[str, dict[str, Any]]:
    shown = json.loads(sources(desk, "check", "--json", *arguments, code=code).stdout)
    return {
        report["verdict"]["source_id"]: report["verdict"] | {"offers": report["offers"]} for report in shown
    }


def test_check_says_what_twelve_addresses_are_and_asks_each_once(desk: Desk, site: LocalSite) -> None:
    def moved(headers: Mapping[str, str]) -> Answer:
        return Answer(status=301, headers={"Location": "https://neuf.example/feed"})

    sitemap = (
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>https://plan.example/a</loc>'
        "<lastmod>2026-06-14</lastmod></url></urlset>"
    )
    answers: dict[str, tuple[str, Any, str]] = {
        "sain": ("feed", Answer(ITEMS, content_type="application/rss+xml"), "works"),
        "page": ("feed", Answer(PAGE), "other"),
        "plan": ("feed", Answer(sitemap, content_type="application/xml"), "other"),
        "plan-dit": ("sitemap", Answer(sitemap, content_type="application/xml"), "works"),
        "vide": ("feed", Answer(rss(), content_type="application/rss+xml"), "empty"),
        "mur": (
            "feed",
            Answer("<html><title>Just a moment...</title>Checking your browser</html>", 403),
            "wall",
        ),
        "ferme": ("feed", Answer("Forbidden", 403), "wall"),
        "mort": ("feed", Answer("nothing", 404), "dead"),
        "panne": ("feed", Answer("busy", 503), "failing"),
        "ancien": ("feed", moved, "moved"),
        "interdit": ("feed", Answer(ITEMS), "refused"),
        "api": ("wordpress", Answer('{"code":"rest_no_route","message":"No route"}', 404), "dead"),
    }
    for name, (platform, answer, _) in answers.items():
        host = desk.add(name, f"https://{name}.example/feed", platform=platform)
        site.put(host, "/feed", answer)
    site.put("interdit.example", "/robots.txt", "User-agent: *\nDisallow: /", content_type="text/plain")
    site.put("page.example", "/robots.txt", "Sitemap: https://page.example/s.xml", content_type="text/plain")
    desk.hosts.add("neuf.example")
    desk.write_config()
    site.put("neuf.example", "/feed", ITEMS, content_type="application/rss+xml")
    found = verdicts(desk, *answers, code=1)
    assert {name: verdict["word"] for name, verdict in found.items()} == {
        name: word for name, (_, _, word) in answers.items()
    }
    assert found["sain"]["sentence"] == (
        "A feed with 2 items, all dated: 2026-06-14T05:00:00Z to 2026-06-15T05:00:00Z"
    )
    assert found["page"]["sentence"].startswith("A page where a feed was promised")
    assert [(offer["platform"], offer["url"]) for offer in found["page"]["offers"]] == [
        ("feed", "https://page.example/actualites.rss"),
        ("sitemap", "https://page.example/s.xml"),
    ]
    assert found["ancien"]["found_at"] == "https://neuf.example/feed"
    assert site.paths("interdit.example") == ["/robots.txt"]
    for name in ("sain", "page", "vide"):
        assert site.paths(f"{name}.example") == ["/robots.txt", "/feed"]
    listed = {line.split()[0]: line for line in sources(desk, "list").stdout.splitlines()}
    assert "works 2026-06-15" in listed["sain"] and "other 2026-06-15" in listed["page"]


def test_a_post_platform_is_never_tried_live_until_a_check_has_seen_it_work(
    desk: Desk, site: LocalSite
) -> None:
    host = desk.add(
        "chaine", "https://t.me/s/la_chaine", platform="telegram", enabled=False, disabled_reason="attend"
    )
    state = "chaine  disabled  telegram  never tried live"
    assert state + "  -" in sources(desk, "list").stdout
    assert "policy" in sources(desk, "check", "chaine", code=1).stderr
    assert site.asked == []
    policy = sources(desk, "policy").stdout
    (desk.folder / "policy.yml").write_text(policy, "utf-8")
    config = desk.folder / "narratives.toml"
    config.write_text('policy = "policy.yml"\n' + config.read_text("utf-8"), "utf-8")
    # The template is a template: empty fields are no policy.
    assert "controller" in sources(desk, "check", "chaine", code=1).stderr
    (desk.folder / "policy.yml").write_text(policy.replace('""', '"dit par le test"'), "utf-8")
    sources(desk, "check", "chaine", code=1)
    assert state + ", dead 2026-06-15" in sources(desk, "list").stdout
    site.put(host, "/s/la_chaine", telegram_page(
        telegram_message("la_chaine", 7, "Un mot de @moussa.", at="2026-06-14T06:00:00+00:00")))  # fmt: skip
    done = sources(desk, "check", "chaine")
    assert "A Telegram channel with 1 item, all dated: 2026-06-14T06:00:00Z" in done.stdout
    assert "Un mot" not in done.stdout and "moussa" not in done.stdout
    assert "works 2026-06-15" in sources(desk, "list").stdout
    assert "Un mot" not in (desk.folder / "source-checks.jsonl").read_text("utf-8")
    assert not desk.database.exists()


@pytest.fixture
def journal(desk: Desk, site: LocalSite) -> LocalSite:
    """Serve a small outlet whose page names its feed."""
    desk.hosts.add("journal.example")
    desk.write_config()
    site.put("journal.example", "/", PAGE)
    site.put("journal.example", "/actualites.rss", ITEMS, content_type="application/rss+xml")
    for path in ("barrage", "pont"):
        page = article(f"Le {path}", DAM, date="2026-06-15T05:10:00+00:00")
        site.put("journal.example", f"/2026/06/le-{path}", page)
    return site


def test_new_finds_the_feed_writes_the_yaml_and_freezes_a_page(desk: Desk, journal: LocalSite) -> None:
    path = desk.folder / "sources" / "journal.yml"
    assert sources(desk, "new", "https://journal.example/").stdout.strip() == str(path)
    assert journal.paths("journal.example") == ["/robots.txt", "/", "/actualites.rss", "/2026/06/le-barrage"]
    written = yaml.safe_load(path.read_text("utf-8"))
    assert written["title"] == "Le Journal de Kati"
    assert (written["platform"], written["url"]) == ("feed", "https://journal.example/actualites.rss")
    assert (written["language"], written["enabled"]) == ("fr", False)
    body = gzip.decompress((desk.folder / "sources" / "frozen" / "journal.html.gz").read_bytes())
    assert written["frozen"]["sha256"] == hashlib.sha256(body).hexdigest()
    assert (written["frozen"]["title"], written["frozen"]["published"]) == (
        "Le barrage",
        "2026-06-15T05:10:00Z",
    )
    sources(desk, "check", "--offline")
    assert "already" in sources(desk, "new", "https://journal.example/", code=1).stderr
    # The frozen page notices when what is read from it changes, and when it is another one.
    path.write_text(path.read_text("utf-8").replace("title: Le barrage", "title: Le pont"), "utf-8")
    assert "its title was read as 'Le pont'" in sources(desk, "check", "journal", "--offline", code=1).stdout
    (desk.folder / "sources" / "frozen" / "journal.html.gz").write_bytes(gzip.compress(b"autre"))
    assert "SHA-256 differs" in sources(desk, "check", code=1).stdout


@pytest.mark.parametrize(
    ("routes", "platform", "url"),
    [
        ({"/": "<html><p>Rien.</p></html>", "/feed/": ITEMS}, "feed", "https://journal.example/feed/"),
        (
            {
                "/": '<html><head><link rel="https://api.w.org/" href="/wp-json/"></head></html>',
                "/wp-json/wp/v2/posts?per_page=20&page=1&orderby=modified&order=desc"
                "&_fields=id%2Clink%2Cdate_gmt%2Cmodified_gmt%2Ctitle%2Ccontent": json.dumps(
                    [{"id": 1, "link": "https://journal.example/2026/06/le-barrage",
                      "date_gmt": "2026-06-15T05:00:00", "content": {"rendered": "<p>x</p>"},
                      "title": {"rendered": "Le barrage"}}]
                ),
            },
            "wordpress", "https://journal.example/wp-json/wp/v2/posts",
        ),
        (
            {
                "/": "<html><p>Rien.</p></html>",
                "/robots.txt": "Sitemap: https://journal.example/plan.xml",
                "/plan.xml": '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>'
                "https://journal.example/2026/06/le-barrage</loc></url></urlset>",
            },
            "sitemap", "https://journal.example/plan.xml",
        ),
        (
            {"/": "<html><title>J</title>" + "".join(
                f'<h2><a href="/2026/06/le-{name}">Un titre assez long pour le {name}</a></h2>'
                for name in ("barrage", "pont", "marche")) + "</html>"},
            "listing", "https://journal.example/",
        ),
    ],
)  # fmt: skip
def test_new_falls_back_from_feed_to_api_to_sitemap_to_the_page_itself(
    desk: Desk, journal: LocalSite, routes: dict[str, str], platform: str, url: str
) -> None:
    del journal.routes["journal.example", "/actualites.rss"]
    for path, body in routes.items():
        kind = "application/rss+xml" if body.startswith("<?xml") else "text/html"
        kind = "text/plain" if path == "/robots.txt" else kind
        kind = "application/json" if body.startswith("[") else kind
        journal.put("journal.example", path, body, content_type=kind)
    sources(desk, "new", "https://journal.example/", "--id", "le-journal")
    written = yaml.safe_load((desk.folder / "sources" / "le-journal.yml").read_text("utf-8"))
    assert (written["platform"], written["url"]) == (platform, url)
    assert written["frozen"]["title"] == "Le barrage"


def test_new_names_all_it_tried_when_a_site_lists_nothing(desk: Desk, site: LocalSite) -> None:
    desk.hosts.add("rien.example")
    desk.write_config()
    site.put("rien.example", "/", "<html><p>Rien à lire ici.</p></html>")
    said = sources(desk, "new", "https://rien.example/", code=1).stderr
    assert said.count("https://rien.example/") >= 10 and "Give the address of its feed" in said
    assert list((desk.folder / "sources").iterdir()) == []


def test_health_shows_every_enabled_source_and_fails_when_one_needs_somebody(
    desk: Desk, site: LocalSite
) -> None:
    host = desk.add("journal", "https://journal.example/feed")
    site.put(host, "/feed", ITEMS, content_type="application/rss+xml")
    site.put(host, "/2026/06/le-barrage", article("Le barrage", DAM))
    site.put(host, "/2026/06/le-pont", article("Le pont", DAM.replace("barrage", "pont")))
    desk.add("mort", "https://mort.example/feed")
    desk.add("attend", "https://attend.example/feed", enabled=False, disabled_reason="attend")
    site.put("mort.example", "/feed", PAGE)
    desk.crawl()
    done = sources(desk, "health", str(desk.database), code=1)
    rows = {line.split()[0]: line.split() for line in done.stdout.splitlines()[1:]}
    assert set(rows) == {"journal", "mort"}
    assert rows["journal"][1:4] == ["ok", "2026-06-15", "06:00"]
    # Nothing is known of its rhythm yet; two items of the last 7 and 30 days, no failures.
    assert rows["journal"][5:8] == ["2", "2", "0"]
    assert rows["mort"][1] == "not_a_feed" and "! mort: not_a_feed" in done.stderr
    shown = json.loads(sources(desk, "health", str(desk.database), "--all", "--json", code=1).stdout)
    assert [source["source_id"] for source in shown] == ["attend", "journal", "mort"]
