"""Whether posts of private persons may be collected at all, and under which pseudonyms."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlite_utils import Database

from crawlers.platform_addresses import SOCIAL_PLATFORMS
from crawlers.pseudonyms import Pseudonyms, open_pseudonyms
from crawlers.visit import Visit
from db.deployment import Deployment
from db.errors import NarrativesError
from db.policy import load_policy
from db.private_accounts import key_in_use, note_key, pseudonyms_in_use


@dataclass(frozen=True, slots=True)
class Admission:
    """The visits that may start; ``pseudonyms`` is None when none of them is of a post platform."""

    visits: list[Visit]
    pseudonyms: Pseudonyms | None = None
    public_accounts: frozenset[str] = frozenset()
    remarks: list[str] = field(default_factory=list)


def admit(db: Database, deployment: Deployment, visits: Sequence[Visit], *, named: bool) -> Admission:
    """Hold back the visits of post platforms unless the deployment's policy and key are in order.

    Sources that a person ``named`` are refused with an error; in a scheduled run the others go ahead and
    a remark says what is missing.
    """
    social = [visit for visit in visits if visit.source.platform in SOCIAL_PLATFORMS]
    if not social:
        return Admission(list(visits))
    try:
        pseudonyms, public_accounts, remarks = pseudonyms_of(db, deployment)
    except NarrativesError as error:
        if named:
            raise
        left = [visit for visit in visits if visit not in social]
        held = ", ".join(visit.source.id for visit in social)
        return Admission(left, remarks=[f"{held}: not visited. {error}"])
    return Admission(list(visits), pseudonyms, public_accounts, remarks)


def pseudonyms_of(db: Database, deployment: Deployment) -> tuple[Pseudonyms, frozenset[str], list[str]]:
    """Return pseudonyms, unmasked accounts and remarks.

    Raises NarrativesError without a policy, and for a key that is not the one used so far.
    """
    policy = load_policy(deployment)
    path = deployment.pseudonym_key
    fresh, in_use = not path.exists(), pseudonyms_in_use(db)
    pseudonyms = open_pseudonyms(path, keys_in_use=in_use)
    if (known := key_in_use(db)) != pseudonyms.fingerprint:
        if known is not None and in_use:
            raise NarrativesError(
                f"The key {path} (fingerprint {pseudonyms.fingerprint}) is not the one that the pseudonyms "
                f"in the database were made with ({known}): every account would get a second one. Restore "
                "the file from its copy. To begin anew with this key, for example because the old one "
                "became known, run `narratives sources rekey DB`: it takes the old pseudonyms away."
            )
        note_key(db, pseudonyms.fingerprint)
    remarks = (
        [f"{path} was made: keep a copy of it, apart from the database and its backups"] if fresh else []
    )
    return pseudonyms, policy.unmasked, remarks
