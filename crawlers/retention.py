"""The retention that the policy promises: old posts, and the evidence they came in, are let go."""

from dataclasses import dataclass
from pathlib import Path

from crawlers.evidence import EvidenceWriter
from db.clock import timestamp, utc_now
from db.connection import working_database
from db.deployment import load_deployment
from db.evidence_verify import PRIVATE_FOLDER
from db.log_lines import event
from db.policy import load_policy
from db.retention import expire_posts, forget_captures, kept_since, remove_deleted_posts


@dataclass(frozen=True, slots=True)
class LetGo:
    """How many posts went for their age, how many because they were deleted at their source, and how many
    files of evidence; ``months`` is what the policy keeps them for."""

    posts: int
    deleted: int
    files: int
    months: int


def let_old_posts_go(database: Path) -> LetGo | None:
    """Remove posts older than the policy keeps them, and deleted ones; None where there is no policy.

    Files of private evidence go when their first capture is that old; those that a document still
    needs stay. Raises NarrativesError when the policy says too little.
    """
    deployment = load_deployment(database)
    if deployment.policy is None or not database.exists():
        return None
    policy = load_policy(deployment)
    months = policy.retention_months
    since = kept_since(months, utc_now())
    with working_database(database, "write") as db:
        posts = expire_posts(db, database, since)
        deleted = remove_deleted_posts(db, database) if policy.remove_deleted else 0
        files = 0
        with EvidenceWriter(deployment.evidence) as evidence:
            for path in _files_before(deployment.evidence, since.strftime("%Y%m%dT%H%M%S")):
                if forget_captures(db, path):
                    evidence.remove(path, at=timestamp(), reason=f"kept for {months} months")
                    files += 1
    event("retention", posts=posts, deleted=deleted, files=files, months=months)
    return LetGo(posts, deleted, files, months)


def _files_before(evidence: Path, stamp: str) -> list[str]:
    """Return the private files begun before a moment, by their names, oldest first."""
    found = sorted((evidence / PRIVATE_FOLDER).glob("*/*.warc.gz"))
    return [path.relative_to(evidence).as_posix() for path in found if path.name < stamp]
