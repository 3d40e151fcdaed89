"""What a crawl hands to the database, as plain values: no connection, so that pure code may use them."""

from dataclasses import dataclass
from typing import Literal

Outcome = Literal[
    "stored",
    "not_modified",
    "duplicate",
    "too_big",
    "timeout",
    "refused_policy",
    "refused_robots",
    "walled",
    "encoding_suspect",
    "parse_suspect",
    "parse_failed",
    "trap",
    "http_error",
    "net_error",
]
RunStatus = Literal["finished", "failed", "interrupted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCapture:
    """The exact bytes received; ``warc_path`` is relative to the evidence folder."""

    url: str | None
    captured_at: str
    status: int | None
    content_type: str | None
    payload_sha256: str
    payload_bytes: int
    truncated: bool
    warc_path: str
    warc_offset: int
    previous_sha256: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFetch:
    """One address and the one named outcome it ended in."""

    crawl_run_id: int
    source_id: str | None
    url: str
    purpose: str
    outcome: Outcome
    fetched_at: str
    http_status: int | None = None
    detail: str | None = None
    milliseconds: int | None = None
    capture_id: int | None = None
    document_id: int | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """What earlier runs know about one address."""

    url: str
    document_id: int | None
    identity: str | None
    first_seen_at: str | None
    gone: bool
    looks: int
    failures: int
    last_outcome: str
    last_status: int | None
    last_at: str
    #: Why the address may not be asked for again, when it was taken down.
    taken_down: str | None = None


@dataclass(frozen=True, slots=True)
class FeedState:
    """The health of one polled address; intervals in minutes, failures graded (1, 0.5, 0.25).

    ``items_per_day`` and ``busiest_per_day`` are the learned rhythm (see ``crawlers/rhythm.py``);
    ``validators_lied_at`` says since when ETag and Last-Modified of this address are not believed.
    """

    source_id: str
    url: str
    status: str = "new"
    etag: str | None = None
    last_modified: str | None = None
    body_sha256: str | None = None
    interval_minutes: int | None = None
    failures: float = 0.0
    next_due_at: str | None = None
    last_polled_at: str | None = None
    last_success_at: str | None = None
    last_item_at: str | None = None
    items_last_poll: int | None = None
    items_per_day: float | None = None
    busiest_per_day: float | None = None
    last_new_at: str | None = None
    failing_since: str | None = None
    failed_polls: int = 0
    answering_since: str | None = None
    trouble: str | None = None
    moved_to: str | None = None
    validators_lied_at: str | None = None
