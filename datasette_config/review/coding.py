"""Reading a text and coding it; and settling what two readings disagree on."""

from dataclasses import replace
from typing import Any

from datasette.utils.asgi import Response

from datasette_config.review.coding_form import (
    Draft,
    Narratives,
    add_label,
    label_value,
    read_draft,
    remove_label,
    take_label,
)
from datasette_config.review.visit import Visit
from datasette_config.review.web import RefusedError
from db.annotations import VOICES, Reading, adjudication_of, readings_of, store_review
from db.coded_items import sentence_codes
from db.review_draws import top_up
from db.review_queue import Item, codebook, item_of, machine_labels, may_read, may_settle, next_item


async def next_page(visit: Visit) -> Response:
    """Go to the next text; an empty queue is filled up first."""
    number = await visit.desk.ask(lambda db: next_item(db, visit.name))
    if number is None:
        await visit.desk.ask(lambda db: top_up(db, size=visit.desk.queue))
        number = await visit.desk.ask(lambda db: next_item(db, visit.name))
    return await visit.page("empty.html") if number is None else visit.redirect("texts", number)


async def text_page(visit: Visit, number: str) -> Response:
    """Show a text with its form, and store what was found in it."""
    item = await _item(visit, number)
    if not await visit.desk.ask(lambda db: may_read(db, item.review_item_id, visit.name)):
        return await visit.page("closed.html", status=409)
    narratives, rows = await _narratives(visit)
    draft = read_draft(visit.form, item)
    action = visit.value("action") if visit.posted else ""
    if not visit.posted:
        draft = replace(draft, at=_in_doubt(item))
        own = [
            one
            for one in await visit.desk.ask(lambda db: readings_of(db, item.review_item_id))
            if one.coder == visit.name
        ]
        if own:
            draft = replace(draft, labels=own[0].labels, comment=own[0].comment or "")
    if action in ("done", "nothing", "skip"):
        draft = _closing(draft, action)
        if draft.error is None:
            outcome = {"nothing": "nothing", "skip": "skipped"}.get(action)
            await visit.desk.write(
                lambda db: store_review(
                    db,
                    item.review_item_id,
                    visit.name,
                    draft.labels,
                    outcome=outcome,  # type: ignore[arg-type]
                    comment=draft.comment,
                    model_shown=not item.blind,
                )
            )
            return visit.redirect("next")
    else:
        draft = _changed(draft, action, item, narratives, visit)
    return await _form(visit, item, draft, rows, readings=())


async def settle_page(visit: Visit, number: str) -> Response:
    """Show what the readings of a text say and store the codes that count."""
    item = await _item(visit, number)
    readings = await visit.desk.ask(lambda db: readings_of(db, item.review_item_id))
    codings = [reading for reading in readings if reading.outcome != "skipped"]
    settled = await visit.desk.ask(lambda db: adjudication_of(db, item.review_item_id))
    may = await visit.desk.ask(lambda db: may_settle(db, codings, visit.name))
    if len(codings) < 2 or settled is not None or not may:
        return await visit.page("closed.html", status=409)
    narratives, rows = await _narratives(visit)
    draft = read_draft(visit.form, item) if visit.posted else Draft(labels=_shared(item, codings))
    action = visit.value("action") if visit.posted else ""
    if action in ("done", "nothing"):
        draft = _closing(draft, action)
        if draft.error is None:
            await visit.desk.write(
                lambda db: store_review(
                    db, item.review_item_id, visit.name, draft.labels, kind="adjudication",
                    comment=draft.comment, model_shown=not item.blind,
                )
            )  # fmt: skip
            return visit.redirect("disagreements")
    else:
        draft = _changed(draft, action, item, narratives, visit)
    return await _form(visit, item, draft, rows, readings=codings)


def _in_doubt(item: Item) -> int:
    """Return the sentence to begin with: the one in doubt, else the first."""
    focus = item.focus
    places = enumerate(item.sentences)
    return next((at for at, (start, end, _) in places if focus and start < focus[1] and end > focus[0]), 0)


def _closing(draft: Draft, action: str) -> Draft:
    """Return the draft as it is to be stored, or with the error that keeps it from being stored."""
    if action == "done" and draft.picked and draft.narrative.strip():
        return replace(draft, error="error_label_pending")
    if action == "done" and not draft.labels:
        return replace(draft, error="error_nothing_coded")
    if action == "nothing" and draft.labels:
        return replace(draft, error="error_labels_and_nothing")
    return replace(draft, labels=()) if action == "skip" else draft


def _changed(draft: Draft, action: str, item: Item, narratives: Narratives, visit: Visit) -> Draft:
    kind, _, argument = action.partition(":")
    match kind:
        case "add":
            at = visit.value("words_at")
            return add_label(draft, item, narratives, int(at) if at.isdecimal() and len(at) < 10 else None)
        case "remove":
            return remove_label(draft, argument)
        case "take":
            return take_label(draft, argument, item)
        case _:
            return draft


def _shared(item: Item, codings: list[Reading]) -> tuple[Any, ...]:
    """Return the first reading's labels that every other reading has on the same sentences."""
    return tuple(
        label
        for label in codings[0].labels
        if all(
            sentence_codes((label,), start, end).items() <= sentence_codes(other.labels, start, end).items()
            for other in codings[1:]
            for start, end, _ in item.sentences
        )
    )


async def _item(visit: Visit, number: str) -> Item:
    item = await visit.desk.ask(lambda db: item_of(db, int(number)))
    if item is None:
        raise RefusedError(404, "There is no such text in the queue.")
    return item


async def _narratives(visit: Visit) -> tuple[Narratives, list[dict[str, Any]]]:
    rows = await visit.desk.ask(codebook)
    titles = {row["narrative_id"]: {"fr": row["title_fr"], "en": row["title_en"]} for row in rows}
    return Narratives(titles), rows


async def _form(
    visit: Visit, item: Item, draft: Draft, rows: list[dict[str, Any]], *, readings: Any
) -> Response:
    """Answer with the text and its form as it stands now."""
    machine = await visit.desk.ask(lambda db: machine_labels(db, item))
    titles = {row["narrative_id"]: row[f"title_{visit.language}"] for row in rows}
    sentences = [
        {
            "number": number,
            "text": item.text[start:end],
            "new_paragraph": number > 0 and "\n" in item.text[item.sentences[number - 1][1] : start],
            "start": start,
            "in_doubt": item.focus is not None and start < item.focus[1] and end > item.focus[0],
            "codes": sentence_codes(draft.labels, start, end),
            "machine": [label for label in machine if label.start < end and label.end > start],
        }
        for number, (start, end, _) in enumerate(item.sentences)
    ]
    return await visit.page(
        "text.html",
        status=400 if draft.error else 200,
        item=item,
        draft=draft,
        sentences=sentences,
        rows=rows,
        titles=titles,
        readings=readings,
        label_value=label_value,
        voice_names=VOICES,
        settling=bool(readings),
    )
