"""Counts that are links: each must lead to as many documents as it says."""

import re
from typing import Any


def counts_lead_to_their_documents(reader: Any, html: str, link: str) -> None:
    """Follow what ``link`` finds in a page: a pattern with an address and a count as its groups."""
    found = re.findall(link, html)
    assert found
    for href, count in found:
        answer = reader.get(href.replace("&amp;", "&")).text
        assert re.search(rf"<small>{count} documents?</small>", answer), href
