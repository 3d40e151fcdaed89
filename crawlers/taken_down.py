"""What was taken down stays out: its bytes are not kept a second time, its address is not written down."""

from dataclasses import replace

from sqlite_utils import Database

from crawlers.importing_reading import Pending
from crawlers.results import Result
from db.tombstones import hashed, refusal

#: Purposes that lead to a document.
_DOCUMENTS = ("page", "item")


def unless_taken_down(db: Database, result: Result) -> Result:
    """Return the result, or in its place a refusal without bytes, text or address."""
    if result.purpose not in _DOCUMENTS:
        return result
    article = result.article
    addresses = [result.url, *(exchange.url for exchange in result.exchanges)]
    if article is not None:
        addresses += [one for one in (article.identity, article.url, article.canonical_url) if one]
    reason = refusal(db, addresses, article.text if article else None)
    if reason is None:
        return result
    return replace(
        result,
        url=f"taken-down:{hashed(result.url)}",
        outcome="refused_policy",
        detail=reason,
        exchanges=(),
        evidence=None,
        article=None,
        document_id=None,
    )


def record_unless_taken_down(db: Database, item: Pending) -> Pending:
    """Return the record of an import, or in its place a refusal."""
    if item.record is None:
        return item
    document = item.record.document
    reason = refusal(db, (document.identity, document.url, document.canonical_url), document.text)
    return item if reason is None else replace(item, outcome="refused_policy", record=None, detail=reason)
