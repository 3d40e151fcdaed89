"""Importing WARC files and lists of addresses, and private persons' texts out of files."""

import io
import json
import re
import subprocess
import sys
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from tests.crawlers.crawl_desk import MORNING, Desk
from tests.crawlers.local_site import LocalSite, article

DAM = (
    "Le ministre a annoncé mercredi à Bamako la reprise des travaux du barrage de la région.\n"
    "Les habitants attendent depuis trois ans l'eau promise par les autorités locales.\n"
    "Selon le préfet, la livraison est prévue pour le mois de décembre prochain."
)
ANSWERED_AT = "2019-05-20T10:00:00Z"


def imported(desk: Desk, *arguments: str, code: int = 0) -> str:
    """Run ``narratives import`` on the deployment, insist on its exit code and return what it said."""
    done = subprocess.run(
        [sys.executable, "-c", "from narratives import cli; cli()", "import", str(desk.database), *arguments],
        env=desk._environment(MORNING, {}), cwd=desk.folder, capture_output=True, text=True, timeout=100,
        check=False,
    )  # fmt: skip
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    return done.stderr


def archive(path: Path, *pages: tuple[str, str, str, str], cut: int = 0) -> None:
    """Write a WARC file of ``(url, status line, content type, body)``; ``cut`` takes bytes off its end."""
    stream = io.BytesIO()
    writer = WARCWriter(stream, gzip=True)
    writer.write_record(writer.create_warcinfo_record(path.name, {"software": "test"}))
    for url, status, kind, body in pages:
        http = StatusAndHeaders(status, [("Content-Type", kind)], protocol="HTTP/1.1")
        writer.write_record(
            writer.create_warc_record(
                url, "response", payload=io.BytesIO(body.encode()), length=len(body.encode()),
                http_headers=http,
                warc_headers_dict={"WARC-Date": ANSWERED_AT},
            )
        )  # fmt: skip
    data = stream.getvalue()
    path.write_bytes(data[: len(data) - cut])


def test_a_warc_file_gives_its_articles_to_the_sources_of_their_hosts(desk: Desk) -> None:
    desk.add("journal", "https://journal.example/feed")
    page = article("Le barrage", DAM, date="2019-05-19T08:00:00+00:00")
    html = "text/html; charset=utf-8"
    path = desk.folder / "archive.warc.gz"
    archive(
        path,
        ("https://journal.example/a", "200 OK", html, page),
        ("https://inconnu.example/b", "200 OK", html, page.replace("barrage", "pont")),
        ("https://journal.example/", "200 OK", html, "<html><body><a href='/a'>Accueil</a></body></html>"),
        ("https://journal.example/x.png", "200 OK", "image/png", "png"),
        ("https://journal.example/y", "404 Not Found", html, "gone"),
        ("http://127.0.0.1/z", "200 OK", html, page),
    )
    said = imported(desk, str(path))
    assert "parse_failed 1, refused_policy 1, stored 2" in said
    assert "answers 404 1" in said and "image/png 1" in said
    assert desk.rows(
        "select url, source_id, published_at, first_seen_at from documents order by url desc"
    ) == [
        ("https://journal.example/a", "journal", "2019-05-19T08:00:00Z", MORNING),
        ("https://inconnu.example/b", "inconnu-example", "2019-05-19T08:00:00Z", MORNING),
    ]
    assert desk.rows(
        "select platform, enabled, republish from sources where source_id = 'inconnu-example'"
    ) == [("import", 0, 0)]
    # The evidence is the archive's own answer: its moment, its headers, its bytes.
    ((warc, offset, at, status),) = desk.rows(
        "select warc_path, warc_offset, captured_at, status from captures where url like '%/a'"
    )
    assert (at, status) == (ANSWERED_AT, 200)
    with (desk.folder / "evidence" / warc).open("rb") as stream:
        stream.seek(offset)
        record = next(iter(ArchiveIterator(stream)))
        assert record.http_headers.get_header("Content-Type") == html
        assert record.raw_stream.read() == page.encode()
    assert "duplicate 2" in imported(desk, str(path))
    assert desk.rows("select count(*) from documents") == [(2,)]


def test_known_hosts_leaves_strangers_out_and_a_cut_file_keeps_what_came_before(desk: Desk) -> None:
    desk.add("journal", "https://journal.example/feed")
    pages = [
        (
            f"https://{host}.example/{n}",
            "200 OK",
            "text/html",
            article(f"Titre {n}", DAM.replace("trois", str(n))),
        )
        for n in range(2, 6)
        for host in ("journal", "autre")
    ]
    whole, cut = desk.folder / "whole.warc.gz", desk.folder / "cut.warc.gz"
    archive(whole, *pages)
    assert "pages of hosts without a source 4" in imported(desk, str(whole), "--known-hosts")
    assert desk.rows("select distinct source_id, count(*) from documents") == [("journal", 4)]
    archive(cut, *pages, cut=60)
    assert "What came before is stored" in imported(desk, str(cut), code=1)
    assert desk.rows("select count(*) from documents") == [(7,)]


def test_a_list_of_addresses_is_fetched_as_by_a_crawl_and_goes_on_where_it_was(
    desk: Desk, site: LocalSite
) -> None:
    host = desk.add("journal", "https://journal.example/feed")
    site.put(host, "/robots.txt", "User-agent: *\nDisallow: /prive", content_type="text/plain")
    for name in ("a", "b"):
        site.put(host, f"/{name}", article(f"Titre {name}", DAM.replace("trois", name)))
    listed = desk.folder / "adresses.txt"
    listed.write_text(
        "# à lire\nhttps://journal.example/a\n\nhttps://journal.example/b?utm_source=x\n"
        "https://journal.example/prive/c\nhttps://journal.example/a\n", "utf-8",
    )  # fmt: skip
    said = imported(desk, str(listed), code=1)
    assert "journal: refused_robots 1, stored 2" in said
    assert site.paths(host) == ["/robots.txt", "/a", "/b"]
    said = imported(desk, str(listed), code=1)
    assert "2 addresses are documents already" in said
    assert site.paths(host) == ["/robots.txt", "/a", "/b"]
    listed.write_text("https://journal.example/a\nfaux\n", "utf-8")
    assert "line 2: 'faux'" in imported(desk, str(listed), code=1)


def test_an_imported_comment_holds_no_name_and_its_author_is_a_pseudonym_only_with_a_policy(
    desk: Desk,
) -> None:
    comment = {
        "id": "c1", "doc_type": "reader comment", "source": "Forum", "author": "Moussa Traoré", "user_id": 77,
        "text": "@fanta Appelez le 76 12 34 56, ce barrage est une honte.", "likes": 3,
        "meta": {"commenter": "Moussa", "thread": "de @fanta"}, "nom": "Traoré",
    }  # fmt: skip
    path = desk.folder / "c.jsonl"
    path.write_text(json.dumps(comment), "utf-8")
    imported(desk, str(path))
    assert desk.rows("select kind, text, author, author_key from documents") == [
        ("comment", "[compte] Appelez le [numéro], ce barrage est une honte.", None, None)
    ]
    ((extra,),) = desk.rows("select extra from documents")
    assert json.loads(extra)["likes"] == 3 and json.loads(extra)["meta"] == {"thread": "de [compte]"}
    assert not re.search("Moussa|Traoré|fanta|77", extra)
    fields = ("controller", "purpose", "legal_ground", "retention", "contact")
    (desk.folder / "policy.yml").write_text("".join(f"{name}: dit par le test\n" for name in fields), "utf-8")
    config = desk.folder / "narratives.toml"
    config.write_text('policy = "policy.yml"\n' + config.read_text("utf-8"), "utf-8")
    others = [
        comment | {"id": f"c{n}", "text": f"Un autre avis {n}", "user_id": 77 + n // 4} for n in (2, 3, 4)
    ]
    path.write_text("\n".join(json.dumps(one) for one in others), "utf-8")
    imported(desk, str(path))
    keys = [key for (key,) in desk.rows("select author_key from documents where author_key is not null")]
    assert len(keys) == 3 and len(set(keys)) == 2
