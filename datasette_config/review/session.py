"""Who is signed in: signed cookies, form tokens, and patience with wrong passwords."""

import hashlib
import hmac
import os
import secrets
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

from itsdangerous import BadSignature, URLSafeTimedSerializer

from db.errors import NarrativesError

COOKIE = "narratives_review"
#: A session ends after a working day.
LASTS_SECONDS = 12 * 3600
#: Wrong passwords for one name, and for all names together, before everybody has to wait.
FAILURES_PER_NAME, FAILURES_IN_ALL, WAIT_SECONDS = 5, 30, 60

_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Session:
    """One browser. Without ``coder`` nobody is signed in; ``nonce`` is what form tokens hang on."""

    nonce: str
    coder: str | None = None
    stamp: str | None = None


class Sessions:
    """Writes and reads session cookies with the key of this desk."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._serializer = URLSafeTimedSerializer(key, salt="review-session")

    def read(self, cookie: str | None) -> Session | None:
        """Return the session of a cookie, or None when it is missing, forged or too old."""
        try:
            values = self._serializer.loads(cookie or "", max_age=LASTS_SECONDS)
            return Session(str(values["n"]), values["c"], values["p"])
        except (BadSignature, KeyError, TypeError):
            return None

    def write(self, session: Session) -> str:
        """Return the cookie's value."""
        return str(self._serializer.dumps({"n": session.nonce, "c": session.coder, "p": session.stamp}))

    def token(self, session: Session) -> str:
        """Return what every form of this session carries."""
        return hmac.new(self._key, f"form:{session.nonce}".encode(), hashlib.sha256).hexdigest()

    def accepts(self, session: Session, token: str) -> bool:
        """Return whether a form was written for this session."""
        return hmac.compare_digest(self.token(session).encode(), token.encode("utf-8", "replace"))


def new_session(coder: str | None = None, stamp: str | None = None) -> Session:
    """Return a session with a nonce of its own; a sign-in never goes on with the one before."""
    return Session(secrets.token_urlsafe(16), coder, stamp)


def session_key(database: Path) -> bytes:
    """Return the key of the desk, made at the first start in ``<database>.review.key`` (mode 0600).

    Raises NarrativesError when others may read the file.
    """
    path = database.with_name(f"{database.name}.review.key")
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        if path.stat().st_mode & 0o077:
            raise NarrativesError(
                f"The key {path} can be read by others. Close it with `chmod 600 {path}`."
            ) from None
        key = path.read_bytes()
        if len(key) != _KEY_BYTES:
            raise NarrativesError(
                f"The key {path} is damaged. Delete it: everybody signs in once more."
            ) from None
        return key
    with os.fdopen(handle, "wb") as file:
        key = secrets.token_bytes(_KEY_BYTES)
        file.write(key)
    return key


@dataclass(slots=True)
class Patience:
    """Remembers wrong passwords for a minute; kept in memory, a restart forgets."""

    _failures: dict[str, deque[float]] = field(default_factory=dict)

    def is_exhausted(self, name: str) -> bool:
        """Return whether this name, or everybody, has to wait."""
        now = time.monotonic()
        for times in self._failures.values():
            while times and times[0] < now - WAIT_SECONDS:
                times.popleft()
        self._failures = {one: times for one, times in self._failures.items() if times}
        in_all = sum(len(times) for times in self._failures.values())
        return len(self._failures.get(name, ())) >= FAILURES_PER_NAME or in_all >= FAILURES_IN_ALL

    def failed(self, name: str) -> None:
        """Note a wrong password."""
        self._failures.setdefault(name[:64], deque()).append(time.monotonic())

    def succeeded(self, name: str) -> None:
        """Forget the wrong ones before it."""
        self._failures.pop(name, None)
