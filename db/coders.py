"""The accounts of the review desk: pseudonyms, passwords kept as scrypt hashes, and leaving."""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass

from sqlite_utils import Database

from db.clock import timestamp
from db.errors import NarrativesError

MIN_PASSWORD = 10
_NAME = re.compile(r"[a-z][a-z0-9-]{1,30}")
#: Cost of scrypt (RFC 7914): 16 MiB and some 50 ms for each try.
_SCRYPT = {"n": 2**14, "r": 8, "p": 1, "dklen": 32}
_NOBODY = bytes(16)


@dataclass(frozen=True, slots=True)
class Coder:
    """An open account. ``stamp`` changes with the password: older sessions end."""

    coder: str
    must_change: bool
    stamp: str


@dataclass(frozen=True, slots=True)
class Removal:
    """What a removal took away."""

    coder: str
    reviews: int
    annotations: int


def add_coder(db: Database, coder: str, password: str | None = None) -> str:
    """Open an account and return its password; one that is not given is made and good for one sign-in.

    A closed account of the same name is opened again with the new password. Must run inside a transaction.
    """
    if not _NAME.fullmatch(coder):
        raise NarrativesError(
            f"{coder!r} cannot be a coder's name. Use a pseudonym of small letters, digits and hyphens "
            "(2 to 31, a letter first), never a real name."
        )
    row = db.execute("select disabled_at from coders where coder = ?", [coder]).fetchone()
    if row is not None and row[0] is None:
        raise NarrativesError(
            f"The coder {coder} has an account. For a new password close it first (--close-coder)."
        )
    made = password is None
    password = secrets.token_urlsafe(12) if password is None else checked_password(password)
    salt = secrets.token_bytes(16)
    db.execute(
        "insert into coders (coder, password_salt, password_hash, must_change, created_at) "
        "values (?, ?, ?, ?, ?) on conflict (coder) do update set password_salt = excluded.password_salt, "
        "password_hash = excluded.password_hash, must_change = excluded.must_change, disabled_at = null",
        [coder, salt, _hashed(password, salt), int(made), timestamp()],
    )
    return password


def checked_password(password: str) -> str:
    """Return the password when it is long enough to be kept."""
    if len(password) < MIN_PASSWORD:
        raise NarrativesError(
            f"A password of {len(password)} characters is too short. Use at least {MIN_PASSWORD}."
        )
    return password


def set_password(db: Database, coder: str, password: str) -> None:
    """Change a password, which ends every session of the account. Must run inside a transaction."""
    salt = secrets.token_bytes(16)
    db.execute(
        "update coders set password_salt = ?, password_hash = ?, must_change = 0 where coder = ?",
        [salt, _hashed(checked_password(password), salt), coder],
    )


def sign_in(db: Database, coder: str, password: str) -> Coder | None:
    """Return the account when name and password fit. An unknown name takes as long as a wrong password."""
    row = db.execute(
        "select password_salt, password_hash from coders where coder = ? and disabled_at is null", [coder]
    ).fetchone()
    salt, expected = row or (_NOBODY, _NOBODY)
    fits = hmac.compare_digest(_hashed(password, salt), expected)
    return coder_of(db, coder) if fits and row is not None else None


def coder_of(db: Database, coder: str) -> Coder | None:
    """Return an open account by name."""
    row = db.execute(
        "select must_change, password_hash from coders where coder = ? and disabled_at is null", [coder]
    ).fetchone()
    return None if row is None else Coder(coder, bool(row[0]), hashlib.sha256(row[1]).hexdigest()[:16])


def list_coders(db: Database) -> list[tuple[str, bool, int, int]]:
    """Return ``(coder, open, readings, annotations)`` of every account, by name."""
    rows = db.execute(
        "select coder, disabled_at is null, "
        "(select count(*) from reviews where reviews.coder = coders.coder), "
        "(select count(*) from annotations where annotations.coder = coders.coder) from coders order by coder"
    )
    return [(row[0], bool(row[1]), row[2], row[3]) for row in rows.fetchall()]


def close_coder(db: Database, coder: str) -> None:
    """Close an account; what it coded stays. Must run inside a transaction."""
    _known(db, coder)
    db.execute(
        "update coders set disabled_at = coalesce(disabled_at, ?) where coder = ?", [timestamp(), coder]
    )


def remove_labels(db: Database, coder: str, *, reason: str, actor: str) -> Removal:
    """Take away everything one coder did, close the account, and log it. Must run inside a transaction.

    The triggers let these rows go only while the removal stands in the log as begun.
    """
    _known(db, coder)
    if not reason.strip():
        raise NarrativesError("A removal needs a --reason: it is logged.")
    cursor = db.execute(
        "insert into coder_removals (coder, reason, actor, removed_at) values (?, ?, ?, ?)",
        [coder, reason, actor, timestamp()],
    )
    annotations = db.execute("delete from annotations where coder = ?", [coder]).rowcount
    reviews = db.execute("delete from reviews where coder = ?", [coder]).rowcount
    db.execute(
        "update coder_removals set finished_at = ?, reviews = ?, annotations = ? where coder_removal_id = ?",
        [timestamp(), reviews, annotations, cursor.lastrowid],
    )
    close_coder(db, coder)
    return Removal(coder, reviews, annotations)


def _known(db: Database, coder: str) -> None:
    if db.execute("select 1 from coders where coder = ?", [coder]).fetchone() is None:
        names = ", ".join(row[0] for row in list_coders(db)) or "nobody yet"
        raise NarrativesError(f"There is no coder {coder!r}. There is {names}.")


def _hashed(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode("utf-8"), salt=salt, **_SCRYPT)
