"""What is said of the documents of one cluster: who was first, how near, in which order seen. Pure."""

from collections.abc import Callable, Collection, Iterable, Mapping
from urllib.parse import urlsplit

from db.copies import SAME_TEXT, Appearance, CopyRow


def first_mover(members: Iterable[Appearance]) -> int | None:
    """Return the document published first, or None: unknown.

    Only a trusted date precise to the minute can be first, and only alone: a tie, or a member whose
    date is a bare day not later than that, leaves the question open. Undated members do not count.
    """
    minutes: list[tuple[str, int]] = []
    days: list[str] = []
    for member in members:
        if member.placed_on is None or member.published_at is None:
            continue
        if member.published_precision == "minute":
            minutes.append((member.published_at, member.document_id))
        else:
            days.append(member.placed_on)
    minutes.sort()
    if not minutes or (len(minutes) > 1 and minutes[0][0] == minutes[1][0]):
        return None
    if any(day <= minutes[0][0][:10] for day in days):
        return None
    return minutes[0][1]


def time_key(document: Appearance) -> tuple[str, int]:
    """Order documents by trusted publication, else by first sight, then by id.

    It decides under which text an excerpt is filed; nobody is called first because of it.
    """
    moment = document.published_at if document.placed_on is not None else None
    return moment or document.first_seen_at, document.document_id


def same_outlet(one: Appearance, other: Appearance) -> bool:
    """Return whether two documents are of one source or stand on one site.

    A passage that they share is then the site's furniture (a footer, a list of headlines) or the
    outlet's own repetition, and no excerpt.
    """
    return one.source_id == other.source_id or (_host(one) is not None and _host(one) == _host(other))


def names_source(credit: str | None, source: Appearance) -> bool:
    """Return whether a credit line names a source by its title or id."""
    if credit is None:
        return False
    told = f" {_plain(credit)} "
    return any(f" {_plain(name)} " in told for name in (source.source_title, source.source_id))


def cluster_rows(
    cluster_id: int,
    members: Collection[int],
    excerpts: Mapping[int, CopyRow],
    seen: Mapping[int, Appearance],
    similarity_to: Callable[[int, int], tuple[str, float]],
) -> dict[int, CopyRow]:
    """Return the rows of one cluster by document.

    ``members`` are the documents of one text, at least two, or none where only ``excerpts`` are filed
    under the cluster's document. Members are measured against the first mover or, where that is
    unknown, against the smallest document id: ``similarity_to(member, reference)`` gives
    ``("identical" | "reworded", Jaccard)``. That reference is itself identical when another member is,
    else reworded by its nearest member. Ranks count from 1 in the order in which the documents were
    first seen, the cluster's own document included.
    """
    found = {row.document_id: (row.relation, row.similarity) for row in excerpts.values()}
    if members:
        mover = first_mover(seen[member] for member in members)
        reference = min(members) if mover is None else mover
        measured = {member: similarity_to(member, reference) for member in members if member != reference}
        nearest = max(measured.values(), key=lambda one: (one[0] == "identical", one[1]))
        found |= measured | {reference: nearest if mover is None else ("original", 1.0)}
    order = sorted(found.keys() | {cluster_id}, key=lambda one: (seen[one].first_seen_at, one))
    ranks = {one: rank for rank, one in enumerate(order, 1)}
    return {one: CopyRow(one, cluster_id, *found[one], ranks[one]) for one in sorted(found)}


def is_same_text(row: CopyRow | None) -> bool:
    """Return whether a row makes its document one text with its cluster."""
    return row is not None and row.relation in SAME_TEXT


def _host(document: Appearance) -> str | None:
    host = urlsplit(document.url).hostname if document.url is not None else None
    return None if host is None else host.removeprefix("www.")


def _plain(name: str) -> str:
    return " ".join("".join(letter if letter.isalnum() else " " for letter in name.casefold()).split())
