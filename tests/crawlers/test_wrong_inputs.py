"""What people get wrong at first: each fault in one line, with the value and the remedy."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from narratives import cli
from tests.crawlers.crawl_desk import Desk
from tests.crawlers.local_site import LocalSite, article, rss

SOUND = "title: X\nplatform: feed\nurl: https://x.example/feed\nlanguage: fr\nkind: private\nenabled: true\n"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            "title: [x\n",
            "not readable as YAML: line 2, column 1: expected ',' or ']', but got '<stream end>'",
        ),
        (SOUND.replace("feed\nurl", "fed\nurl"), "platform: Input should be 'feed', "),
        (SOUND.replace("feed\nurl", "fed\nurl"), ", found 'fed'"),
        (
            SOUND.replace("https://x.example/feed", "htp:/x"),
            "url: expected a web address such as https://journal.example/feed, found 'htp:/x'",
        ),
        (SOUND + "adress: x\n", "adress: there is no such field; see crawlers/README.md"),
        (
            SOUND + "timezone: Mars/Olympus\n",
            "timezone 'Mars/Olympus' is not an IANA name such as Africa/Bamako",
        ),
    ],
    ids=["yaml", "platform", "its value", "url", "field", "timezone"],
)
def test_a_wrong_source_file_is_named_in_one_line(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "journal.yml").write_text(content, encoding="utf-8")
    (tmp_path / "narratives.toml").write_text('sources = ["sources"]\nbundled_sources = false\n')
    options = ["--config", str(tmp_path / "narratives.toml"), "sources", "check", "--offline"]
    done = CliRunner().invoke(cli, options)
    assert done.exit_code == 1
    (line,) = [line for line in done.output.splitlines() if "journal.yml" in line]
    assert said in line


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("bundled = 3\n", "bundled: there is no such setting; there are contact, "),
        ("contact = \n", "is not readable as TOML: Invalid value (at line 1"),
    ],
    ids=["setting", "toml"],
)
def test_a_wrong_settings_file_is_named_in_one_line(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "narratives.toml"
    path.write_text(content, encoding="utf-8")
    done = CliRunner().invoke(cli, ["--config", str(path), "sources", "list"])
    assert done.exit_code == 1
    assert f"Error: {path} " in done.output
    assert said in done.output
    assert done.output.count("\n") == 1


def test_an_empty_catalogue_and_a_refused_page_say_what_to_do(desk: Desk, site: LocalSite) -> None:
    assert "no enabled source. Write one with `narratives sources new URL`" in desk.crawl().stderr
    said = desk.crawl("--url", "ftp://journal.example/x", code=1).stderr
    assert "ftp://journal.example/x was not stored: " in said
    assert "ftp" in said.rpartition("not stored: ")[2]


def test_a_crawl_of_one_thing_tells_of_no_other_ailing_source(desk: Desk, site: LocalSite) -> None:
    broken = desk.add("broken", "https://broken.example/feed")
    site.put(broken, "/feed", "gone", status=410)
    sound = desk.add("sound", "https://sound.example/feed")
    site.put(sound, "/feed", rss(("https://sound.example/1", "Note", "Mon, 01 Jun 2026 08:00:00 GMT")))
    site.put(sound, "/1", article("Note", "Le marché a rouvert lundi. Les étals étaient pleins. " * 5))
    assert "!! broken is failing" in desk.crawl().stderr
    assert "!! broken is failing" in desk.crawl("broken").stderr
    for one in (("sound",), ("--url", "https://sound.example/1")):
        assert "!!" not in desk.crawl(*one).stderr
