"""A disposable process that reads what strangers sent: its memory is capped, its parent watches the time.

Frames on stdin and stdout: two 4-byte lengths, then JSON, then bytes (see :mod:`crawlers.parser_pool`).
Run as ``python -m crawlers.parse_worker``.
"""

import contextlib
import dataclasses
import json
import os
import resource
import sys
from datetime import date
from typing import IO, Any

from crawlers.archive_window import Window
from crawlers.bluesky_api import parse_author_feed
from crawlers.content_decoding import (
    BrokenEncodingError,
    TooBigError,
    UnknownEncodingError,
    decode_content,
)
from crawlers.extraction import extract
from crawlers.feeds import parse_feed
from crawlers.listing_page import parse_listing
from crawlers.mastodon_api import parse_statuses
from crawlers.parser_pool import FRAME
from crawlers.probing import probe
from crawlers.sitemaps import parse_sitemap
from crawlers.telegram_preview import parse_channel
from crawlers.walls import wall_mark
from crawlers.wordpress_api import parse_posts
from crawlers.youtube_feed import parse_videos
from db.clock import parse_timestamp

_GZIP = b"\x1f\x8b"
MEMORY_BYTES = 768 * 1024 * 1024
_WARM_UP = (
    "<html><body><article><h1>Titre</h1><p>Publié le 31 janvier 2026 à Bamako.</p><p>"
    + "Une phrase en français pour la langue. " * 20
    + "</p></article></body></html>"
).encode()


def read_one(task: dict[str, Any], body: bytes) -> dict[str, Any]:
    """Return the reading of one body: ``{"value": ...}``, or ``{"outcome": ..., "detail": ...}``."""
    headers: dict[str, str] = task["headers"]
    try:
        body = decode_content(body, headers.get("content-encoding"), task["cap"])
        if task["kind"] == "sitemap" and body.startswith(_GZIP):
            # sitemap.xml.gz: a compressed file, not a compressed transfer.
            body = decode_content(body, "gzip", task["cap"])
    except TooBigError as error:
        return {"outcome": "too_big", "detail": str(error)}
    except (UnknownEncodingError, BrokenEncodingError) as error:
        return {"outcome": "parse_failed", "detail": str(error)}
    url, content_type = task["url"], headers.get("content-type")
    match task["kind"]:
        case "feed":
            value = parse_feed(body, url, content_type=content_type, timezone=task["timezone"])
        case "sitemap":
            value = parse_sitemap(
                body,
                content_type=content_type,
                timezone=task["timezone"],
                window=_window(task.get("window")),
            )
        case "posts":
            value = parse_posts(body, url, content_type=content_type)
        case "telegram":
            value = parse_channel(body, url, content_type=content_type)
        case "mastodon":
            value = parse_statuses(body, url, content_type=content_type)
        case "bluesky":
            value = parse_author_feed(body, url, content_type=content_type)
        case "youtube":
            value = parse_videos(body, url, content_type=content_type)
        case "listing":
            value = parse_listing(
                body,
                url,
                content_type=content_type,
                timezone=task["timezone"],
                selectors=task.get("selectors"),
            )
        case "probe":
            return _probe(task, body, headers)
        case _:
            return _page(task, body, headers)
    return {"value": dataclasses.asdict(value)}


def _probe(task: dict[str, Any], body: bytes, headers: dict[str, str]) -> dict[str, Any]:
    content_type = headers.get("content-type")
    found = probe(
        body,
        task["url"],
        platform=task.get("platform"),
        content_type=content_type,
        timezone=task["timezone"],
        selectors=task.get("selectors"),
    )
    if found.kind in ("page", "broken"):
        reading = extract(body, task["url"], content_type=content_type, timezone=task["timezone"])
        mark = wall_mark(
            title=reading.title, text=reading.text, body=body, status=task["status"], headers=headers
        )
        if mark:
            return {"outcome": "walled", "detail": mark}
    return {"value": dataclasses.asdict(found)}


def _window(given: list[Any] | None) -> Window | None:
    """Rebuild a range of days: first day, last day, whether undated entries are wanted."""
    if given is None:
        return None
    return Window(since=date.fromisoformat(given[0]), until=date.fromisoformat(given[1]), undated=given[2])


def _page(task: dict[str, Any], body: bytes, headers: dict[str, str]) -> dict[str, Any]:
    now = parse_timestamp(task["now"]) if task.get("now") else None
    reading = extract(
        body,
        task["url"],
        content_type=headers.get("content-type"),
        timezone=task["timezone"],
        now=now,
        with_links=False,
    )
    mark = wall_mark(
        title=reading.title, text=reading.text, body=body, status=task["status"], headers=headers
    )
    if mark:
        return {"outcome": "walled", "detail": mark}
    value = dataclasses.asdict(reading)
    value.pop("links", None)
    return {"value": value}


def serve(source: IO[bytes], sink: IO[bytes]) -> None:
    """Answer frames until the parent closes the pipe."""
    # Libraries load their data with the first page; that is no time of a stranger's page.
    extract(_WARM_UP, "https://warm.example/2026/01/31/up", content_type="text/html; charset=utf-8")
    _send(sink, {"ready": True})
    while head := source.read(FRAME.size):
        task_length, body_length = FRAME.unpack(head)
        task = json.loads(source.read(task_length))
        body = source.read(body_length)
        try:
            answer = read_one(task, body)
        except MemoryError:
            # The parent replaces the process: what is left of its memory is not to be trusted.
            os._exit(12)
        except Exception as error:
            answer = {"outcome": "parse_failed", "detail": f"{type(error).__name__}: {error}"[:300]}
        _send(sink, answer)


def _send(sink: IO[bytes], answer: dict[str, Any]) -> None:
    data = json.dumps(answer, ensure_ascii=True).encode()
    sink.write(FRAME.pack(len(data), 0) + data)
    sink.flush()


def main() -> None:
    """Cap the memory, keep stray prints off the pipe, and serve."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sink = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    with contextlib.suppress(KeyboardInterrupt, BrokenPipeError):
        serve(sys.stdin.buffer, sink)


if __name__ == "__main__":
    main()
