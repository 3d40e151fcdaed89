"""A working database filled with the invented press through the store's own functions."""

import json
from datetime import date, timedelta
from typing import Any

from sqlite_utils import Database

from db.crawl_log import finish_run, record_capture, record_fetch, start_run
from db.crawl_records import NewCapture, NewFetch
from db.reference import sync_reference
from db.store import NewDocument, store_document
from tests.datasette_config.publication.invented_texts import (
    AS_OF,
    FIRST_MONDAY,
    LONG,
    NARRATIVES,
    PLAIN,
    SENTENCES,
    SOURCES,
)


class InventedPress:
    """Writes documents, labels and evidence into a working database; all texts are invented."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.run = 0

    def reference(self) -> None:
        """Store sources with statements, narratives, a model with its measured quality, an open run."""
        sync_reference(self.db)
        for source_id, described in SOURCES.items():
            row = {
                "source_id": source_id,
                "platform": "feed",
                "url": f"https://{source_id}.example/",
                "country": "ML",
                "timezone": "Africa/Bamako",
                "enabled": 1,
                "first_listed_at": "2024-08-01T00:00:00Z",
                **described,
            }
            self.db.table("sources").insert(row)
        self.db.table("source_statements").insert_all(
            [
                {
                    "source_id": "agence-du-sahel",
                    "property": "owner",
                    "value": "État",
                    "stated_by": "Journal officiel",
                    "url": "https://journal.example/1",
                    "status": "cited",
                    "valid_from": "1990-01-01",
                },
                {
                    "source_id": "agence-du-sahel",
                    "property": "alignment",
                    "value": "pro-gouvernement",
                    "stated_by": "un chercheur",
                    "url": None,
                    "status": "uncited",
                },
                {
                    "source_id": "le-fleuve",
                    "property": "funding",
                    "value": "publicité",
                    "stated_by": "Le Fleuve",
                    "url": "javascript:alert(1)",
                    "status": "disputed",
                },
            ]
        )
        for position, (narrative_id, (family, fr, en, kind, status, stances)) in enumerate(
            NARRATIVES.items()
        ):
            self.db.table("narratives").insert(
                {
                    "narrative_id": narrative_id,
                    "family_id": family,
                    "title_fr": fr,
                    "title_en": en,
                    "definition_fr": f"{fr} : définition inventée.",
                    "definition_en": f"{en}: invented definition.",
                    "kind": kind,
                    "falsifiable": int(kind == "accusation"),
                    "status": status,
                    "include_fr": json.dumps(["le bilan", "la durée"]),
                    "include_en": json.dumps(["results", "duration"]),
                    "exclude": json.dumps(
                        [
                            {
                                "fr": "la mauvaise intention",
                                "en": "bad intent",
                                "where": "neocolonial-france",
                            },
                            {"fr": "les faits bruts", "en": "bare facts", "where": None},
                        ]
                    ),
                    "examples": json.dumps(
                        [{"text": SENTENCES[narrative_id], "language": "fr", "voice": "own"}]
                    ),
                    "codebook_version": "c0debook0001",
                    "position": position,
                }
            )
            for partner_id, stance in stances.items():
                self.db.table("narrative_partners").insert(
                    {"narrative_id": narrative_id, "partner_id": partner_id, "stance": stance}
                )
        self.db.table("models").insert(
            {
                "model_id": "model-1",
                "codebook_version": "c0debook0001",
                "training_sha256": "a" * 64,
                "trained_at": "2025-01-01T00:00:00Z",
                "versions": json.dumps({"scikit-learn": "1.9.1"}),
                "card": json.dumps({"passages": 1344, "made_by": "language model"}),
                "current": 1,
            }
        )
        for narrative_id, n, precision in (
            ("neocolonial-france", 41, 0.62),
            ("intervention-failed", 7, None),
        ):
            self.db.table("evaluations").insert(
                {
                    "model_id": "model-1",
                    "split": "cross-validation",
                    "level": "document",
                    "narrative_id": narrative_id,
                    "language": "all",
                    "voice": "any",
                    "n": n,
                    "predicted": n + 3,
                    "precision": precision,
                    "precision_low": precision and 0.48,
                    "precision_high": precision and 0.74,
                    "recall": precision,
                    "recall_low": precision and 0.4,
                    "recall_high": precision and 0.7,
                    "f1": precision,
                    "f1_low": precision,
                    "f1_high": precision,
                    "made_by": "language-model labels, not reviewed by a person",
                    "evaluated_at": "2025-01-01T00:00:00Z",
                }
            )
        self.db.table("instrument_changes").insert(
            {
                "changed_at": "2025-01-06T00:00:00Z",
                "kind": "model",
                "subject": "model-1",
                "detail": "first model",
            }
        )
        self.run = start_run(
            self.db,
            command="crawl /home/somebody/secret.db",
            sources=["le-fleuve"],
            software="test 1",
            at="2025-04-02T05:00:00Z",
        )
        self.db.table("feeds").insert(
            {
                "source_id": "le-fleuve",
                "url": "https://le-fleuve.example/feed",
                "status": "ok",
                "interval_minutes": 60,
                "failures": 0,
                "last_polled_at": AS_OF,
                "last_success_at": AS_OF,
                "last_item_at": AS_OF,
                "items_last_poll": 9,
            }
        )

    def document(self, source_id: str, name: str, text: str, day: date | None, **more: Any) -> int:
        """Store one document with its capture and its fetch; ``day`` None leaves it undated."""
        url = f"https://{source_id}.example/{name}"
        seen = f"{(day or date(2025, 3, 1)).isoformat()}T12:00:00Z"
        capture_id = record_capture(
            self.db,
            NewCapture(
                url=url,
                captured_at=seen,
                status=200,
                content_type="text/html",
                payload_sha256=f"{len(name):064d}",
                payload_bytes=1000,
                truncated=False,
                warc_path="warc/secret-path.warc.gz",
                warc_offset=0,
            ),
        )
        values: dict[str, Any] = {
            "identity": url,
            "source_id": source_id,
            "url": url,
            "title": name.replace("-", " ").capitalize(),
            "text": text,
            "kind": "article",
            "first_seen_at": seen,
            "language": "fr",
            "capture_id": capture_id,
            "published_at": day.isoformat() if day else None,
            "published_precision": "day" if day else "unknown",
            "published_origin": "feed" if day else None,
            **more,
        }
        document_id, _ = store_document(self.db, NewDocument(**values))
        record_fetch(
            self.db,
            NewFetch(
                crawl_run_id=self.run,
                source_id=source_id,
                url=url,
                purpose="page",
                outcome="stored",
                fetched_at=seen,
                http_status=200,
                milliseconds=12,
                capture_id=capture_id,
                document_id=document_id,
            ),
        )
        return document_id

    def label(
        self,
        document_id: int,
        passage: str,
        narrative_id: str,
        voice: str = "own",
        band: str = "flagged",
        score: float = 0.83,
    ) -> None:
        """Label one passage of a document; the passage must stand in its text."""
        text = self.db.execute("select text from documents where document_id = ?", [document_id]).fetchone()[
            0
        ]
        start = text.index(passage)
        row = self.db.execute(
            "select passage_id from passages where document_id = ? and start = ?", [document_id, start]
        ).fetchone()
        passage_id = (
            row[0]
            if row
            else self.db.table("passages")
            .insert(
                {
                    "document_id": document_id,
                    "position": start,
                    "start": start,
                    "end": start + len(passage),
                    "language": "fr",
                }
            )
            .last_pk
        )
        self.db.table("predictions").insert(
            {
                "passage_id": passage_id,
                "document_id": document_id,
                "narrative_id": narrative_id,
                "voice": voice,
                "score": score,
                "band": band,
                "model_id": "model-1",
            }
        )

    def fill(self) -> None:
        """Thirty weeks of articles, then one of every special case."""
        for week in range(30):
            monday = FIRST_MONDAY + timedelta(weeks=week)
            names = list(NARRATIVES)
            for number in range(2):
                narrative_id = names[(week + number) % len(names)]
                source_id = ("le-fleuve", "agence-du-sahel", "sahel-monitor")[(week + number) % 3]
                sentence = SENTENCES[narrative_id]
                text = f"{PLAIN} {sentence}\n\nLa semaine {week} finit ainsi, dossier {number}."
                document_id = self.document(
                    source_id, f"semaine-{week}-{number}", text, monday + timedelta(days=number)
                )
                self.label(
                    document_id, sentence, narrative_id, ("own", "own", "attributed", "rejected")[week % 4]
                )
                self.db.table("mentions").insert(
                    {
                        "document_id": document_id,
                        "partner_id": next(iter(NARRATIVES[narrative_id][5])),
                        "count": 1,
                    }
                )
        self._special_cases()
        self.db.table("claim_reviews").insert(
            {
                "reviewer": "Balance Vérif",
                "url": "https://balance-verif.example/1",
                "claim_reviewed": "La CEDEAO obéit à des intérêts étrangers qui ne sont pas les nôtres",
                "rating": "Sans preuve",
                "reviewed_at": "2025-03-25",
                "language": "fr",
                "origin": "import",
                "recorded_at": AS_OF,
            }
        )
        finish_run(self.db, self.run, status="finished", problems=[], at=AS_OF)

    def _special_cases(self) -> None:
        day = date(2025, 3, 20)
        text = f"{SENTENCES['neocolonial-france']} {LONG} {SENTENCES['russia-reliable-partner']} {PLAIN}"
        first = self.document("le-fleuve", "le-texte-repris", text, day)
        self.label(first, SENTENCES["neocolonial-france"], "neocolonial-france")
        self.label(first, SENTENCES["neocolonial-france"], "ecowas-instrument", band="review", score=0.41)
        self.label(first, LONG, "neocolonial-france", voice="attributed")
        self.label(first, SENTENCES["russia-reliable-partner"], "russia-reliable-partner", voice="rejected")
        copy = self.document(
            "agence-du-sahel", "la-reprise", f"{text} ", day + timedelta(days=1), credited_source="Le Fleuve"
        )
        self.label(copy, LONG, "neocolonial-france", voice="attributed")
        for rank, (document_id, relation) in enumerate(((first, "original"), (copy, "reworded")), start=1):
            self.db.table("copies").insert(
                {
                    "document_id": document_id,
                    "cluster_id": first,
                    "relation": relation,
                    "similarity": 0.97,
                    "first_seen_rank": rank,
                }
            )
        edited = NewDocument(
            identity="https://le-fleuve.example/le-texte-repris",
            source_id="le-fleuve",
            text=f"{text} Corrigé depuis.",
            kind="article",
            first_seen_at="2025-03-22T12:00:00Z",
            url="https://le-fleuve.example/le-texte-repris",
            title="Le texte repris, corrigé",
        )
        store_document(self.db, edited)
        undated = self.document("agence-du-sahel", "sans-date", SENTENCES["intervention-failed"], None)
        self.label(undated, SENTENCES["intervention-failed"], "intervention-failed")
        self.document("le-fleuve", "kalosabara", "Jɛkabaara ka nyi. An ka ɲɔgɔn dɛmɛ.", day, language="bm")
        self.document("la-place", "fil-7", SENTENCES["ecowas-instrument"], day, kind="post")
        self.document(
            "groupe-de-quartier",
            "message-prive",
            "Un message de particulier que personne ne doit lire ici.",
            day,
            kind="post",
            author="Prénom Nom",
            author_key="cle-auteur",
        )
        self.document(
            "le-fleuve", "controle", f"Un titre piégé. {PLAIN}", day, title="Titre\u202egéip \u0007bref"
        )
        gone = self.document("le-fleuve", "disparu", PLAIN, day)
        self.db.execute("update documents set gone_at = '2025-03-30T00:00:00Z' where document_id = ?", [gone])
