"""The commands of docs/ do what the page says, in its order, on the texts that it prints."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from narratives import COMMANDS, cli
from tests.classifiers.small_model import models_folder

DOCS = Path(__file__).parents[1] / "docs"
#: Page -> the file that it lets its reader write.
PAGES = {"first-steps.md": "texts.jsonl", "premiers-pas.md": "textes.jsonl"}


def commands(page: str) -> list[list[str]]:
    """Return the arguments of every ``narratives`` command in the console blocks of a page."""
    text = (DOCS / page).read_text(encoding="utf-8")
    blocks = re.findall(r"```console\n(.*?)```", text, re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    return [shlex.split(line)[2:] for line in lines if line.startswith("$ narratives ")]


@pytest.mark.parametrize("page", PAGES)
def test_a_newcomer_gets_what_the_page_promises(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    models_folder(tmp_path)
    text = (DOCS / page).read_text(encoding="utf-8")
    lines = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    (tmp_path / PAGES[page]).write_text("".join(lines), encoding="utf-8")
    said = ""
    for arguments in commands(page):
        if arguments[0] != "serve":
            result = CliRunner().invoke(cli, arguments)
            assert result.exit_code == 0, (arguments, result.output)
            said += result.output
    assert "stored 4" in said and "4 documents labelled" in said and "public.db: 4 documents" in said
    week = next(path for path in tmp_path.glob("*.html")).read_text(encoding="utf-8")
    assert "La France pille nos richesses depuis soixante ans." in week
    assert {".html", ".pdf", ".csv", ".db"} <= {path.suffix for path in tmp_path.iterdir()}


def test_both_languages_show_the_same_commands() -> None:
    def shape(page: str) -> list[tuple[str, ...]]:
        text = (DOCS / page).read_text(encoding="utf-8")
        named = re.findall(r"`narratives ([a-z]+(?: [a-z]+)?)", text)
        return [*(tuple(one[:2]) for one in commands(page)), *((one,) for one in named)]

    first, second = map(shape, PAGES)
    assert first == second and len(first) > 15
    assert {one[0].split()[0] for one in first} <= set(COMMANDS)
