"""Saved article pages with what is expected of them, and how a reading is scored against it."""

import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

from lxml import html as lxml_html


@dataclass
class Page:
    """One saved page; what its expected file does not state is None or empty."""

    subset: str
    name: str
    body: bytes
    url: str
    title: str | None = None
    day: str | None = None
    text: str | None = None
    wanted: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()


def pages(root: Path) -> Iterator[Page]:
    """Yield every article page of the private folder with what is expected of it."""
    for line in (root / "pages/index.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["kind"] != "article-html":
            continue
        path = root / row["file"]
        page = Page(path.parent.name, path.name, gzip.decompress(path.read_bytes()), row["url"] or "")
        expected = row["expected"]
        if inline := expected.get("inline"):
            page.title, page.day = unescape(inline["title"]), inline["date"] or None
            page.authors = tuple(name for name in inline["author"].split("; ") if name)
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
    page.authors = tuple(version["authors"])
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
    """Count the word 4-shingles of a text."""
    words = re.findall(r"\w+", text)
    return Counter(tuple(words[i : i + 4]) for i in range(max(1, len(words) - 3)))


def f1(expected: str, found: str) -> float:
    """Return F1 of word 4-shingles, as in article-extraction-benchmark."""
    wanted, got = shingles(expected), shingles(found)
    common = sum((wanted & got).values())
    if not common:
        return 0.0
    precision, recall = common / sum(got.values()), common / sum(wanted.values())
    return 2 * precision * recall / (precision + recall)


def squeezed(text: str | None) -> str:
    """Fold quotes, case and blanks: what two renderings of a title share."""
    folded = re.sub(r"[‘’ʼ]", "'", re.sub(r"[“”«»]", '"', text or ""))
    return re.sub(r"\s+", "", folded).lower()


def body_score(page: Page, text: str) -> float:
    """Return F1, or the share of right strings where only those are stated."""
    if page.text is not None:
        return f1(page.text, text)
    flat = " ".join(text.split())
    right = [" ".join(piece.split()) in flat for piece in page.wanted]
    right += [" ".join(piece.split()) not in flat for piece in page.unwanted]
    return sum(right) / len(right)
