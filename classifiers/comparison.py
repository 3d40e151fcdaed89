"""What a new model changed in the flags of the one before, as people read it in a terminal."""

from collections.abc import Sequence

from db.model_comparison import ModelChange, Overlap


def table(changes: Sequence[ModelChange]) -> str:
    """Return the comparison of two models: flags of both, kept, lost, gained, and Cohen's kappa."""
    total = changes[0]
    lines = [
        f"The new model against the one before, on {total.documents.of} documents and {total.passages.of} "
        "passages that both have read. Series before and after do not compare.",
    ]
    for unit in ("passages", "documents"):
        lines += ["", f"{unit:30} {'before':>7} {'now':>7} {'kept':>7} {'lost':>7} {'gained':>7}  kappa"]
        lines += [_line(change.narrative_id, getattr(change, unit)) for change in changes]
    return "\n".join(lines)


def _line(name: str, one: Overlap) -> str:
    kappa = one.kappa()
    shown = "-" if kappa is None else f"{kappa:.2f}"
    name = "any narrative" if name == "all" else name
    return f"{name:30} {one.before:>7} {one.after:>7} {one.kept:>7} {one.lost:>7} {one.gained:>7}  {shown}"
