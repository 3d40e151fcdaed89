# ruff: noqa: T201
"""How well and how fast pages are read, beside other libraries on the same pages in the same run.

Needs ``$NARRATIVES_REAL_TEXTS`` (a private folder with ``pages/index.jsonl``); skips without it. Libraries
of the `bench` extra that are not installed are left out. Body: F1 of word 4-shingles as in
article-extraction-benchmark; for pages with "with"/"without" strings the share of strings that are right.
Titles and days: exact, after folding quotes and blanks. Authors: every stated name is in what was found.
"""

import os
import random
import time
from collections import defaultdict
from math import sqrt
from pathlib import Path

import pytest

from tests.benchmarks.extraction_pages import Page, body_score, pages, squeezed
from tests.benchmarks.extraction_readers import Read, readers

FOLDER = os.environ.get("NARRATIVES_REAL_TEXTS")
pytestmark = pytest.mark.skipif(
    not FOLDER, reason="$NARRATIVES_REAL_TEXTS is not set: no real pages to measure on"
)
Scores = dict[str, dict[tuple[str, str], list[float]]]


def score(page: Page, read: Read) -> dict[str, float]:
    """Return the scores of one reading, for what the page's expected file states."""
    found = {"body": body_score(page, read.text)}
    if page.title is not None:
        found["title"] = float(squeezed(read.title) == squeezed(page.title))
    if page.day is not None:
        found["day"] = float(read.day == page.day)
    if page.authors:
        found["author"] = float(all(squeezed(name) in squeezed(read.author) for name in page.authors))
    return found


def measured(every: list[Page]) -> tuple[Scores, dict[str, float]]:
    """Read every page with every reader; return scores by kind and subset, and milliseconds a page."""
    scores: Scores = defaultdict(lambda: defaultdict(list))
    pace: dict[str, float] = {}
    for name, reader, facts in readers():
        reader(every[0])
        began = time.process_time()
        readings = [reader(page) for page in every]
        pace[name] = 1000 * (time.process_time() - began) / len(every)
        for page, read in zip(every, readings, strict=True):
            for kind, value in score(page, read).items():
                if kind == "body" or kind in facts:
                    scores[kind][page.subset, name].append(value)
                    scores[kind]["all", name].append(value)
            if name == "ours":
                body = body_score(page, read.text)
                print(f"{page.subset:12} {body:.3f} {read.day or '-':10} {page.name}: {read.title}")
    return scores, pace


def mean_of(values: list[float]) -> str:
    """Return a mean with its 95 % interval, bootstrapped over pages."""
    draw = random.Random(20_260_615)
    means = sorted(sum(draw.choices(values, k=len(values))) / len(values) for _ in range(1_000))
    return f"{sum(values) / len(values):.3f} ({means[25]:.2f}-{means[974]:.2f})"


def share_of(values: list[float]) -> str:
    """Return a share as right/n with Wilson's 95 % interval."""
    if not values:
        return "-"
    right, n, z = sum(values), len(values), 1.96
    share = right / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return f"{right:.0f}/{n} ({max(0, middle - half):.2f}-{min(1, middle + half):.2f})"


def test_not_below_trafilatura_on_any_subset() -> None:
    every = list(pages(Path(FOLDER or "")))
    scores, pace = measured(every)
    head = f"{'subset':12} {'reader':17} {'n':>3} {'body':19}"
    print(f"\n{head} {'titles':19} {'days':19} {'authors':19} {'ms a page':>9}")
    for (subset, name), bodies in sorted(scores["body"].items()):
        facts = "".join(f" {share_of(scores[kind][subset, name]):19}" for kind in ("title", "day", "author"))
        spent = f"{pace[name]:10.1f}" if subset == "all" else ""
        print(f"{subset:12} {name:17} {len(bodies):3} {mean_of(bodies):19}{facts}{spent}")
    for kind, found in scores.items():
        for subset in {subset for subset, _ in found}:
            ours, theirs = sum(found[subset, "ours"]), sum(found[subset, "trafilatura"])
            assert ours >= theirs - 1e-9, (kind, subset)
    for kind in ("title", "day"):
        right = scores[kind]["all", "ours"]
        assert sum(right) == len(right), kind
