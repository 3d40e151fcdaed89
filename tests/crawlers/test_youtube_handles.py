"""A YouTube handle is turned into the channel's feed once, when the source is written."""

import re
from pathlib import Path

import pytest
import yaml

from crawlers.platform_addresses import polled_address
from tests.crawlers.crawl_desk import Desk
from tests.crawlers.local_site import local_site
from tests.crawlers.post_answers import CHANNEL, youtube_feed

HANDLE = "https://www.youtube.com/@TeleFictive"
FEED = f"https://www.youtube.com/feeds/videos.xml?channel_id={CHANNEL}"


def test_new_finds_the_channel_behind_a_handle(tmp_path: Path) -> None:
    with local_site() as site:
        desk = Desk(tmp_path, site)
        desk.hosts.add("www.youtube.com")
        desk.write_config()
        link = f'<link rel="alternate" type="application/rss+xml" title="RSS" href="{FEED}">'
        site.put("www.youtube.com", "/@TeleFictive", f"<html><title>Télé</title>{link}<p>Vidéos</p></html>")
        feed = youtube_feed(("video_0001", "Le journal", "Au sommaire.", "2026-06-14T20:00:00+00:00"))
        site.put(
            "www.youtube.com", FEED.removeprefix("https://www.youtube.com"), feed, content_type="text/xml"
        )
        desk.python(
            "import os, sys; os.chdir(sys.argv[1]); from narratives import cli; "
            "cli(['sources', 'new', sys.argv[2]])",
            str(tmp_path), HANDLE,
        )  # fmt: skip
        written = yaml.safe_load((tmp_path / "sources" / "telefictive.yml").read_text("utf-8"))
        assert (written["platform"], written["url"], written["enabled"]) == ("youtube", FEED, False)
        # No video page was asked for, and none is kept in the catalogue.
        assert not any(path.startswith("/watch") for path in site.paths("www.youtube.com"))
        assert "frozen" not in written


def test_a_handle_in_a_source_file_is_refused_with_the_remedy() -> None:
    with pytest.raises(ValueError, match=f"narratives sources new {re.escape(HANDLE)}"):
        polled_address("youtube", HANDLE)
