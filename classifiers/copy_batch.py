"""One portion of new documents: what they share with all the others, and the rows that change."""

from collections import defaultdict
from collections.abc import Callable, Iterable

from sqlite_utils import Database

from classifiers.copy_clusters import cluster_rows, is_same_text, names_source, same_outlet, time_key
from classifiers.shingles import (
    SAME_TEXT_JACCARD,
    Shingles,
    excerpt_share,
    jaccard,
    may_be_same_text,
    shingles,
)
from db import copies as store
from db.copies import IDENTICAL_BAND, PASSAGE_BAND, Appearance, CopyRow

#: A passage in more texts than this is boilerplate, not an excerpt.
BOILERPLATE_TEXTS = 50


class CopyBatch:
    """Compares new documents with all others; lives inside one transaction."""

    def __init__(self, db: Database, new: dict[int, Shingles], kept: dict[int, Shingles]) -> None:
        """Take the new documents' shingles, and a store of shingles to read and fill."""
        self._db = db
        self._new = new
        self._kept = kept
        self._kept.update(new)
        self._rows: dict[int, CopyRow | None] = {}
        self._seen: dict[int, Appearance] = {}
        #: Passage -> the texts that have it, complete up to the number that makes it boilerplate.
        self._passages: dict[bytes, list[int]] = {}
        #: Union-find over cluster ids; a document without copies is a cluster of one, named by itself.
        self._parent: dict[int, int] = {}

    def store(self) -> None:
        """Index the new documents, join clusters, file excerpts and write the rows that changed."""
        for document_id, text in self._new.items():
            self._index(document_id, text)
        for document_id, text in self._new.items():
            if text.distinct.size:
                self._join(document_id, text)
        self._write()

    # -- finding ------------------------------------------------------------------------------------

    def _index(self, document_id: int, text: Shingles) -> None:
        store.store_signature(self._db, document_id, int(text.distinct.size), text.signature or None)
        if not text.distinct.size:
            return
        bands = [(IDENTICAL_BAND, text.words_sha256)]
        if not store.sharing_band(self._db, IDENTICAL_BAND, text.words_sha256, limit=1):
            # Of identical texts only the first is a candidate for others: it stands for all of them.
            bands += enumerate(text.bands)
            bands += [(PASSAGE_BAND, value) for value in text.passages]
        store.store_bands(self._db, document_id, bands)

    def _join(self, document_id: int, text: Shingles) -> None:
        for twin in store.sharing_band(self._db, IDENTICAL_BAND, text.words_sha256, limit=2):
            self._union(document_id, twin)
        candidates: dict[int, None] = {}
        for band, value in enumerate(text.bands):
            candidates.update(dict.fromkeys(store.sharing_band(self._db, band, value)))
        self._load(candidates)
        for other in candidates:
            if (
                self._cluster(other) != self._cluster(document_id)
                and may_be_same_text(text.signature, store.signature_of(self._db, other))
                and jaccard(text, self._shingles(other)) >= SAME_TEXT_JACCARD
            ):
                self._union(document_id, other)

    def _excerpt(self, document_id: int) -> CopyRow | None:
        """Return the row of a text that carries a long passage of an earlier one of another outlet."""
        text = self._shingles(document_id)
        mine = self._seen[document_id]
        found: list[tuple[float, tuple[str, int], Appearance]] = []
        for candidate in self._sharing_passage(text, BOILERPLATE_TEXTS):
            other = self._shingles(candidate)
            twins = store.sharing_band(self._db, IDENTICAL_BAND, other.words_sha256)
            self._load(twins)
            earlier = [
                twin
                for twin in (self._seen[one] for one in twins)
                if not same_outlet(twin, mine) and time_key(twin) < time_key(mine)
            ]
            if earlier and (share := excerpt_share(text, other)) is not None:
                carried = min(earlier, key=time_key)
                found.append((-share, time_key(carried), carried))
        if not found:
            return None
        share, _, carried = min(found, key=lambda one: one[:2])
        relation = "credited" if names_source(mine.credited_source, carried) else "excerpt"
        return CopyRow(document_id, self._cluster(carried.document_id), relation, round(-share, 4), 0)

    def _sharing_passage(self, text: Shingles, most: int) -> set[int]:
        found: set[int] = set()
        limit = BOILERPLATE_TEXTS + len(self._new) + 1
        for value in text.passages:
            if value not in self._passages:
                self._passages[value] = store.sharing_band(self._db, PASSAGE_BAND, value, limit)
            if len(self._passages[value]) <= most:
                found.update(self._passages[value])
        return found

    # -- writing ------------------------------------------------------------------------------------

    def _write(self) -> None:
        joined: dict[int, set[int]] = defaultdict(set)
        for part in self._parent:
            joined[self._root(part)].add(part)
        joined = {cluster: parts for cluster, parts in joined.items() if len(parts) > 1}
        moved = {part for parts in joined.values() for part in parts}

        doubtful = self._doubtful(moved)
        excerpts = {one: row for one in sorted(doubtful) if (row := self._excerpt(one)) is not None}
        touched = moved | {row.cluster_id for one in moved if (row := self._row(one)) is not None}
        for one in doubtful:
            old, new = _excerpt_row(self._row(one)), excerpts.get(one)
            if _filed(old) != _filed(new):
                touched |= {one} | {row.cluster_id for row in (old, new) if row is not None}

        before = {row.document_id: row for row in store.rows_of_clusters(self._db, sorted(touched))}
        members: dict[int, set[int]] = defaultdict(set)
        filed: dict[int, dict[int, CopyRow]] = defaultdict(dict)
        for cluster, parts in joined.items():
            members[cluster] |= parts
        for row in before.values():
            if is_same_text(row):
                members[self._root(row.cluster_id)].add(row.document_id)
            elif row.document_id not in doubtful and row.document_id not in moved:
                filed[self._root(row.cluster_id)][row.document_id] = row
        for row in excerpts.values():
            filed[row.cluster_id][row.document_id] = row

        after: dict[int, CopyRow] = {}
        similarity_to = self._measure(before)
        for cluster in {self._root(one) for one in touched}:
            same = members[cluster] if len(members[cluster]) > 1 else set()
            self._load(same | filed[cluster].keys() | {cluster})
            after |= cluster_rows(cluster, same, filed[cluster], self._seen, similarity_to)
        store.replace_rows(self._db, before, after)

    def _doubtful(self, moved: set[int]) -> set[int]:
        """Return the texts without near copies whose excerpt may have changed.

        They are the new texts, those that share a passage with a new one (also where it made that
        passage boilerplate), and those filed under a cluster that was joined to another.
        """
        found = set(self._new)
        for text in self._new.values():
            found |= self._sharing_passage(text, BOILERPLATE_TEXTS + len(self._new))
        found |= {row.document_id for row in store.rows_of_clusters(self._db, sorted(moved))}
        self._load(found)
        clusters = {self._cluster(one) for one in found}
        sizes: dict[int, int] = defaultdict(int)
        for row in store.rows_of_clusters(self._db, sorted(clusters)):
            sizes[row.cluster_id] += is_same_text(row)
        return {one for one in found if self._cluster(one) not in moved and sizes[self._cluster(one)] < 2}

    def _measure(self, before: dict[int, CopyRow]) -> Callable[[int, int], tuple[str, float]]:
        """Return the measure of a member against a reference, which reuses what was measured before."""
        originals = {row.cluster_id: row.document_id for row in before.values() if row.relation == "original"}

        def similarity_to(member: int, reference: int) -> tuple[str, float]:
            row = before.get(member)
            if row is not None and is_same_text(row):
                measured_against = originals.get(row.cluster_id, row.cluster_id)
                if measured_against == reference:
                    return row.relation, row.similarity
            one, other = self._shingles(member), self._shingles(reference)
            if one.words_sha256 == other.words_sha256:
                return "identical", 1.0
            return "reworded", round(jaccard(one, other), 4)

        return similarity_to

    # -- looking up ---------------------------------------------------------------------------------

    def _load(self, document_ids: Iterable[int]) -> None:
        """Fetch what the batch needs to know of these documents, once."""
        missing = [one for one in document_ids if one not in self._rows]
        rows = store.rows_of_documents(self._db, missing)
        self._rows.update((one, rows.get(one)) for one in missing)
        self._seen.update(store.appearances(self._db, missing))

    def _row(self, document_id: int) -> CopyRow | None:
        """Return the document's row as it was before this batch."""
        if document_id not in self._rows:
            self._load([document_id])
        return self._rows[document_id]

    def _shingles(self, document_id: int) -> Shingles:
        if document_id not in self._kept:
            self._kept[document_id] = shingles(store.text_of(self._db, document_id))
        return self._kept[document_id]

    def _cluster(self, document_id: int) -> int:
        row = self._row(document_id)
        return self._root(row.cluster_id if row is not None and is_same_text(row) else document_id)

    def _root(self, cluster: int) -> int:
        while (parent := self._parent.get(cluster, cluster)) != cluster:
            cluster = parent
        return cluster

    def _union(self, one: int, other: int) -> None:
        first, second = sorted((self._cluster(one), self._cluster(other)))
        self._parent.setdefault(first, first)
        self._parent[second] = first


def _excerpt_row(row: CopyRow | None) -> CopyRow | None:
    return None if is_same_text(row) else row


def _filed(row: CopyRow | None) -> tuple[int, str, float] | None:
    return None if row is None else (row.cluster_id, row.relation, row.similarity)
