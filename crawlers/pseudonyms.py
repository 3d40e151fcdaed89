"""Keyed pseudonyms for authors of posts and comments: nobody without the key can tell who wrote what.

HMAC-SHA-256 over ``platform:stable id``, its first 128 bits (FIPS 198-1, SP 800-107 on truncation). An
unkeyed hash would be undone with a list of handles in seconds, so none is ever stored.
"""

import hashlib
import hmac
import os
import secrets
import stat
from dataclasses import dataclass, field
from pathlib import Path

from db.errors import NarrativesError

KEY_BYTES = 32
_KEPT_BYTES = 16


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """Makes ``author_key`` values with one deployment's key, which never shows in a representation."""

    _key: bytes = field(repr=False)

    def of(self, platform: str, stable_id: str) -> str:
        """Return the pseudonym of an account: 32 hex digits, the same for the same key and account."""
        message = f"{platform}:{stable_id}".encode()
        return hmac.new(self._key, message, hashlib.sha256).digest()[:_KEPT_BYTES].hex()

    @property
    def fingerprint(self) -> str:
        """What tells this key from another without giving it away: 16 hex digits."""
        # No platform has an empty name, so this is nobody's pseudonym.
        return self.of("", "fingerprint of this key")[:16]


def open_pseudonyms(path: Path, *, keys_in_use: bool) -> Pseudonyms:
    """Read the key of a deployment, or make one when none was ever used.

    ``keys_in_use`` says that the database already holds pseudonyms: a new key would give everybody a
    second one, so a missing file is then an error. Raises NarrativesError, also for a file that others
    may read.
    """
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        if keys_in_use:
            raise NarrativesError(
                f"The key {path} is missing, but the database holds pseudonyms made with it. "
                "Restore the file from its copy; a new key would give every account a second pseudonym."
            ) from None
        return Pseudonyms(_new_key(path))
    if mode & 0o077:
        raise NarrativesError(
            f"The key {path} can be read by others (mode {mode:04o}). Run `chmod 600 {path}`, and "
            "consider it known if others work on this machine."
        )
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise NarrativesError(
            f"The key {path} has {len(key)} bytes instead of {KEY_BYTES}. Restore it from its copy."
        )
    return Pseudonyms(key)


def _new_key(path: Path) -> bytes:
    key = secrets.token_bytes(KEY_BYTES)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise NarrativesError(
            f"The key {path} cannot be made ({error}). Make its folder writable, "
            "or name another file as `pseudonym_key` in narratives.toml."
        ) from error
    with os.fdopen(handle, "wb") as stream:
        stream.write(key)
        stream.flush()
        os.fsync(stream.fileno())
    return key
