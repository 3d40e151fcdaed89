"""From what was received to its evidence: every hop of a result becomes a capture."""

from dataclasses import asdict

from crawlers.evidence import EvidenceWriter
from crawlers.results import Result
from db.crawl_records import NewCapture


def keep(writer: EvidenceWriter, result: Result) -> list[NewCapture]:
    """Write the evidence of every hop of a result and return what is to be stored of it."""
    kept = []
    for exchange in result.exchanges:
        evidence = writer.write(
            exchange.url,
            exchange.body,
            status=exchange.status,
            headers=exchange.headers,
            captured_at=exchange.captured_at,
            content_type=exchange.header("content-type"),
            request_headers=exchange.request_headers,
            truncated=exchange.truncated,
            address=exchange.ip_address,
            certificate_sha256=exchange.certificate_sha256,
            tls_unverified=exchange.tls_unverified,
            private=result.private,
        )
        kept.append(
            NewCapture(
                url=exchange.url,
                captured_at=exchange.captured_at,
                status=exchange.status,
                content_type=exchange.header("content-type"),
                **asdict(evidence),
            )
        )
    return kept
