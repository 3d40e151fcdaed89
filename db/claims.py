"""Checkable sentences, gathered by wording, beside what fact-checkers published. No verdict is given here.

A claim is a sentence flagged, in own voice or attributed, for a narrative that the codebook calls
falsifiable. Wordings are gathered around the one that stands first in time: each later wording joins the
earlier one whose content words it shares most (Jaccard of at least :data:`SAME_WORDING`), or stands on its
own. Only wordings that share one of their rarest words are compared, which loses none (prefix filtering:
Chaudhuri, Ganti and Kaushik 2006, https://doi.org/10.1109/ICDE.2006.9).
"""

import hashlib
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from db.connection import transaction

#: Share of content words from which two sentences count as wordings of one claim.
SAME_WORDING = 0.5
#: The same between a claim and the words a fact-checker reviewed; at least this many words in common.
SAME_AS_REVIEWED, FEWEST_SHARED_WORDS = 0.34, 4
#: Shorter words carry grammar rather than content.
_FEWEST_LETTERS = 4

_WORD = re.compile(r"\w+")

Words = frozenset[str]


@dataclass(frozen=True, slots=True)
class ClaimCounts:
    """What a refresh found: checkable sentences, their clusters, links to reviews, and rows changed."""

    claims: int
    clusters: int
    matches: int
    changed: int


@dataclass(frozen=True, slots=True)
class _Sentence:
    passage_id: int
    document_id: int
    narrative_id: str
    voice: str
    words: Words
    key: str


def refresh_claims(db: Database) -> ClaimCounts:
    """Bring ``claims`` and ``claim_matches`` in line with the current model's labels and the reviews.

    Writes only what changed, in one transaction; a second call writes nothing.
    """
    wanted: dict[tuple[int, str], tuple[int, str, str, str, float]] = {}
    leaders: dict[str, Words] = {}
    for group in _by_narrative(_sentences(db)):
        placed, first_wordings = gathered([(sentence.key, sentence.words) for sentence in group])
        leaders |= first_wordings
        for sentence in group:
            cluster_key, similarity = placed[sentence.key]
            wanted[sentence.passage_id, sentence.narrative_id] = (
                sentence.document_id, sentence.voice, sentence.key, cluster_key, similarity,
            )  # fmt: skip
    reviews = {
        review_id: content_words(text)
        for review_id, text in db.execute("select claim_review_id, claim_reviewed from claim_reviews")
    }
    matches = matched(leaders, reviews)
    changed = _replace_claims(db, wanted) + _replace_matches(db, matches)
    return ClaimCounts(len(wanted), len(leaders), len(matches), changed)


def content_words(text: str) -> Words:
    """Return the content words of a sentence, without accents: figures, and words of four letters."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in bare if not unicodedata.combining(letter))
    return frozenset(
        word for word in _WORD.findall(plain) if len(word) >= _FEWEST_LETTERS or any(map(str.isdigit, word))
    )


def gathered(
    wordings: Sequence[tuple[str, Words]],
) -> tuple[dict[str, tuple[str, float]], dict[str, Words]]:
    """Gather wordings, earliest first: key -> (key of the wording it joins, similarity), and those joined.

    A wording that joins none stands for itself, with similarity 1.
    """
    distinct = dict(reversed(wordings))
    order = list(dict.fromkeys(key for key, _ in wordings))
    frequency = Counter(word for words in distinct.values() for word in words)
    index: dict[str, list[str]] = {}
    placed: dict[str, tuple[str, float]] = {}
    leaders: dict[str, Words] = {}
    for key in order:
        words = distinct[key]
        rare = _rarest(words, frequency, SAME_WORDING)
        candidates = dict.fromkeys(leader for word in rare for leader in index.get(word, ()))
        best = max(((jaccard(words, leaders[leader]), leader) for leader in candidates),
                   key=lambda found: found[0], default=(0.0, key))  # fmt: skip
        if best[0] >= SAME_WORDING:
            placed[key] = (best[1], best[0])
            continue
        placed[key], leaders[key] = (key, 1.0), words
        for word in rare:
            index.setdefault(word, []).append(key)
    return placed, leaders


def matched(leaders: Mapping[str, Words], reviews: Mapping[int, Words]) -> dict[tuple[str, int], float]:
    """Return (claim, review) -> similarity where a fact-checker reviewed words close to a claim's."""
    index: dict[str, list[int]] = {}
    for review_id, words in reviews.items():
        for word in words:
            index.setdefault(word, []).append(review_id)
    found = {}
    for key, words in leaders.items():
        shared = Counter(review_id for word in words for review_id in index.get(word, ()))
        for review_id, count in shared.items():
            similarity = jaccard(words, reviews[review_id])
            if count >= FEWEST_SHARED_WORDS and similarity >= SAME_AS_REVIEWED:
                found[key, review_id] = similarity
    return found


def jaccard(one: Words, other: Words) -> float:
    """Return the share of words in common among all words of both; 0 for two empty sets."""
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared) if shared else 0.0


def _rarest(words: Words, frequency: Mapping[str, int], share: float) -> list[str]:
    """Return the prefix of the words, rarest first, in which a wording at least this close must meet."""
    ordered = sorted(words, key=lambda word: (frequency[word], word))
    return ordered[: len(ordered) - math.ceil(share * len(ordered)) + 1]


def _sentences(db: Database) -> Iterable[_Sentence]:
    rows = db.execute(
        """
        select p.passage_id, p.document_id, p.narrative_id, p.voice,
               substr(d.text, g.start + 1, g."end" - g.start)
        from predictions p
        join models m on m.model_id = p.model_id and m.current = 1
        join narratives n on n.narrative_id = p.narrative_id and n.falsifiable = 1
        join passages g on g.passage_id = p.passage_id
        join documents d on d.document_id = p.document_id
        where p.band = 'flagged' and p.voice in ('own', 'attributed')
        order by p.narrative_id, coalesce(d.published_at, d.first_seen_at), p.passage_id
        """
    )
    for passage_id, document_id, narrative_id, voice, text in rows:
        words = content_words(text)
        told = " ".join(sorted(words)) or text.casefold()
        key = hashlib.sha256(f"{narrative_id}\n{told}".encode()).hexdigest()[:16]
        yield _Sentence(passage_id, document_id, narrative_id, voice, words, key)


def _by_narrative(sentences: Iterable[_Sentence]) -> Iterable[list[_Sentence]]:
    group: list[_Sentence] = []
    for sentence in sentences:
        if group and group[0].narrative_id != sentence.narrative_id:
            yield group
            group = []
        group.append(sentence)
    if group:
        yield group


def _replace_claims(db: Database, wanted: Mapping[tuple[int, str], tuple[int, str, str, str, float]]) -> int:
    present = {
        (row[0], row[1]): tuple(row[2:])
        for row in db.execute(
            "select passage_id, narrative_id, document_id, voice, claim_key, cluster_key, "
            "similarity from claims"
        )
    }
    gone = [key for key, values in present.items() if wanted.get(key) != values]
    fresh = [(*key, *values) for key, values in wanted.items() if present.get(key) != values]
    if gone or fresh:
        with transaction(db):
            db.conn.executemany("delete from claims where passage_id = ? and narrative_id = ?", gone)
            db.conn.executemany(
                "insert into claims (passage_id, narrative_id, document_id, voice, claim_key, cluster_key, "
                "similarity) values (?, ?, ?, ?, ?, ?, ?)",
                fresh,
            )
    return max(len(gone), len(fresh))


def _replace_matches(db: Database, wanted: Mapping[tuple[str, int], float]) -> int:
    present = {
        (key, review_id): similarity
        for key, review_id, similarity in db.execute(
            "select cluster_key, claim_review_id, similarity from claim_matches"
        )
    }
    if present == wanted:
        return 0
    with transaction(db):
        db.execute("delete from claim_matches")
        db.conn.executemany(
            "insert into claim_matches values (?, ?, ?)", [(*key, value) for key, value in wanted.items()]
        )
    return len(present.keys() ^ wanted.keys()) or len(wanted)
