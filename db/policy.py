"""The deployment's own answer to: who collects private persons' texts, why, on which ground, for how long."""

from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from db.deployment import Deployment
from db.errors import NarrativesError

TEMPLATE = """\
# Who answers for collecting public posts, and why. The fields are checked, their text is not judged:
# let a lawyer of each country read it. Mali: law 2013-015 (formalities with the APDP before collection);
# European Union: GDPR, articles 6, 9, 85 and 89.
controller: ""     # the organisation that decides on the collection, with its address
purpose: ""        # what the posts are collected for
legal_ground: ""   # the law and article it rests on, and the authority's leave with its number
retention: ""      # how long texts of posts are kept, and what happens then
retention_months: 24   # `narratives run` removes posts, and the evidence they came in, when they are older
contact: ""        # where a person can object or ask what is kept
remove_deleted: true   # ... and posts that were deleted at their source (they are looked for after 30 days)
# public_accounts: [some_outlet]   # accounts of outlets and institutions whose mentions need no mask
"""
FIELDS = ("controller", "purpose", "legal_ground", "retention", "contact")


class Policy(BaseModel):
    """The policy file; the first five fields must say something."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    controller: str = Field(min_length=3, description="Who decides on the collection and answers for it")
    purpose: str = Field(min_length=3, description="What the texts are collected for")
    legal_ground: str = Field(min_length=3, description="Law, article, authority's leave")
    retention: str = Field(min_length=3, description="How long texts are kept, and what happens then")
    remove_deleted: bool = Field(
        default=True, description="Whether posts that were deleted at their source are removed"
    )
    contact: str = Field(min_length=3, description="Where a person can object")
    retention_months: int = Field(
        default=24, ge=1, le=600, description="Months after which posts and their evidence are removed"
    )
    public_accounts: tuple[str, ...] = Field(
        default=(), description="Accounts of outlets and institutions that are not masked in texts"
    )

    @property
    def unmasked(self) -> frozenset[str]:
        """The public accounts as they are compared: lower case, without ``@``."""
        return frozenset(name.lstrip("@").lower() for name in self.public_accounts)


def load_policy(deployment: Deployment) -> Policy:
    """Return the policy of a deployment. Raises NarrativesError, with the remedy, when it says too little."""
    path = deployment.policy
    if path is None:
        raise NarrativesError(_refusal("narratives.toml names no `policy` file"))
    if not path.is_file():
        raise NarrativesError(_refusal(f"the policy file {path} does not exist"))
    try:
        content: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError, OSError) as error:
        raise NarrativesError(_refusal(f"{path} is not readable as YAML ({error})")) from error
    if not isinstance(content, dict):
        raise NarrativesError(_refusal(f"{path} holds no fields"))
    try:
        return Policy.model_validate(content)
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}" for fault in error.errors()
        )
        raise NarrativesError(_refusal(f"{path}: {faults}")) from error


def _refusal(reason: str) -> str:
    return (
        f"Posts of private persons are not collected: {reason}. "
        f"The policy must name {', '.join(FIELDS)}. Write the output of `narratives sources policy` to "
        'policy.yml, fill it in, and put `policy = "policy.yml"` into narratives.toml.'
    )
