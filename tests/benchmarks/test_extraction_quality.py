# ruff: noqa: T201
"""How well pages are read, beside trafilatura's default on the same pages in the same run.

Needs ``$NARRATIVES_REAL_TEXTS`` (a private folder with ``pages/index.jsonl``); skips without it.
Body: F1 of word 4-shingles as in article-extraction-benchmark; for the pages with "with"/"without" strings
the share of strings that are right. Titles and dates: exact, after folding typographic quotes and blanks.
"""

import gzip
import json
import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from math import sqrt
from pathlib import Path
from typing import Any

import pytest
import trafilatura
from lxml import html as lxml_html

from crawlers.extraction import extract

FOLDER = os.environ.get("NARRATIVES_REAL_TEXTS")
pytestmark = pytest.mark.skipif(
    not FOLDER, reason="$NARRATIVES_REAL_TEXTS is not set: no real pages to measure on"
)


@dataclass
class Page:
    subset: str
    name: str
    body: bytes
    url: str
    title: str | None = None
    day: str | None = None
    text: str | None = None
    wanted: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()


def pages() -> Iterator[Page]:
    root = Path(FOLDER or "")
    for line in (root / "pages/index.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["kind"] != "article-html":
            continue
        path = root / row["file"]
        page = Page(path.parent.name, path.name, gzip.decompress(path.read_bytes()), row["url"] or "")
        expected = row["expected"]
        if inline := expected.get("inline"):
            page.title, page.day = unescape(inline["title"]), inline["date"] or None
            page.wanted, page.unwanted = tuple(inline["with"]), tuple(inline["without"])
        else:
            _read_expected(page, (root / expected["file"]).read_text(encoding="utf-8"), expected)
        yield page


def _read_expected(page: Page, content: str, expected: dict[str, Any]) -> None:
    if page.subset == "readability":
        page.text = "\n".join(lxml_html.fromstring(content).itertext())
        return
    stated = json.loads(content)
    if page.subset == "aeb":
        page.text = stated[expected["key"]]["articleBody"]
        return
    crawled = page.name.removesuffix(".html.gz")[-10:].replace("_", "-")
    versions = sorted(
        stated.values(), key=lambda version: abs(_days(version["publishing_date"]) - _days(crawled))
    )
    version = versions[0]
    page.title, page.day = version["title"], version["publishing_date"][:10]
    sections = [
        piece
        for section in version["body"]["sections"]
        for key in ("headline", "paragraphs")
        for piece in section[key]
    ]
    page.text = "\n".join([*version["body"]["summary"], *sections])


def _days(day: str) -> int:
    year, month, rest = day[:10].split("-")
    return int(year) * 372 + int(month) * 31 + int(rest)


def shingles(text: str) -> Counter[tuple[str, ...]]:
    words = re.findall(r"\w+", text)
    return Counter(tuple(words[i : i + 4]) for i in range(max(1, len(words) - 3)))


def f1(expected: str, found: str) -> float:
    wanted, got = shingles(expected), shingles(found)
    common = sum((wanted & got).values())
    if not common:
        return 0.0
    precision, recall = common / sum(got.values()), common / sum(wanted.values())
    return 2 * precision * recall / (precision + recall)


def squeezed(text: str | None) -> str:
    folded = re.sub(r"[‘’ʼ]", "'", re.sub(r"[“”«»]", '"', text or ""))
    return re.sub(r"\s+", "", folded).lower()


def body_score(page: Page, text: str) -> float:
    if page.text is not None:
        return f1(page.text, text)
    flat = " ".join(text.split())
    right = [" ".join(piece.split()) in flat for piece in page.wanted]
    right += [" ".join(piece.split()) not in flat for piece in page.unwanted]
    return sum(right) / len(right)


def wilson(right: int, n: int) -> str:
    if not n:
        return "-"
    share, z = right / n, 1.96
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return f"{right}/{n} ({max(0, middle - half):.2f}-{min(1, middle + half):.2f})"


def test_not_below_trafilatura_on_any_subset() -> None:
    bodies: dict[tuple[str, str], list[float]] = defaultdict(list)
    titles: dict[tuple[str, str], list[bool]] = defaultdict(list)
    days: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for page in pages():
        theirs = trafilatura.bare_extraction(
            page.body, url=page.url or None, with_metadata=True, include_comments=False
        )
        ours = extract(page.body, page.url)
        readings = {
            "trafilatura": (theirs.title, theirs.date, theirs.text or "") if theirs else (None, None, ""),
            "ours": (ours.title, ours.published_at, ours.text),
        }
        for who, (title, day, text) in readings.items():
            score = body_score(page, text)
            bodies[page.subset, who].append(score)
            if page.title is not None:
                titles[page.subset, who].append(squeezed(title) == squeezed(page.title))
            if page.day is not None:
                days[page.subset, who].append((day or "")[:10] == page.day)
            print(f"{page.subset:12} {who:12} {score:.3f} {(day or '-')[:10]:10} {page.name}: {title}")
        if ours.suspect:
            print(f"{page.subset:12} suspect      {ours.suspect} {ours.detail}")
    print(f"\n{'subset':12} {'reader':12} {'n':>3} {'body':>6}  titles                dates")
    for (subset, who), scores in sorted(bodies.items()):
        title, day = titles[subset, who], days[subset, who]
        print(
            f"{subset:12} {who:12} {len(scores):3} {sum(scores) / len(scores):6.3f}  "
            f"{wilson(sum(title), len(title)):21} {wilson(sum(day), len(day))}"
        )
    for subset in {subset for subset, _ in bodies}:
        assert sum(bodies[subset, "ours"]) >= sum(bodies[subset, "trafilatura"]) - 1e-9, subset
        assert sum(titles[subset, "ours"]) >= sum(titles[subset, "trafilatura"]), subset
        assert sum(days[subset, "ours"]) >= sum(days[subset, "trafilatura"]), subset
