"""PDF for printing and filing: set by Typst in this process, tagged (PDF/UA-1), with bookmarks and fonts.

The report's words reach Typst as data, never as markup; it has no network and sees no file. The fonts are
those that come with Typst, so that the same data give the same bytes on every machine with the same release
of it.
"""

import importlib
import json
import re
from dataclasses import asdict
from datetime import UTC
from functools import cache
from pathlib import Path
from typing import Any

from datasette_config import typography as set_as
from datasette_config.charts import render_svg
from datasette_config.export.addresses import defanged
from datasette_config.export.cells import heading, period_words
from datasette_config.export.outline import Drawing, Passage, outline
from datasette_config.export.provenance import title
from datasette_config.export.text_safety import writable
from datasette_config.reporting import BuiltReport
from datasette_config.wording import say
from db.clock import parse_timestamp
from db.errors import NarrativesError

_TEMPLATE = Path(__file__).parent.parent / "templates" / "reports" / "report.typ"
_STANDARD = "ua-1"
_INK = "#1c2024"
_FONT = "Libertinus Serif"
_FONT_FAMILY = re.compile(r'font-family="[^"]*"')
#: Signs that the embedded fonts have: Latin with Bambara's letters, Greek, Cyrillic, punctuation.
_PLAIN = re.compile(
    "[\t\n\r -~\u00a0-\u02af\u0391-\u03a1\u03a3-\u03c9\u0400-\u045f\u2010-\u2027\u202f\u2030\u2032\u2033]"
)
#: Stands for a sign that no embedded font has.
_UNKNOWN = "\N{REPLACEMENT CHARACTER}"


def render(built: BuiltReport) -> bytes:
    """Return the report as PDF. Raises NarrativesError where the ``reports`` extra is not installed."""
    typst = _typst()
    text = json.dumps(_cleaned(_content(built)), ensure_ascii=False)
    try:
        return _compiled(typst, _with_known_signs(text), built)
    except typst.TypstError:
        # A cluster of signs can lack a glyph although each of them has one.
        return _compiled(typst, "".join(sign if _PLAIN.match(sign) else _UNKNOWN for sign in text), built)


def _compiled(typst: Any, text: str, built: BuiltReport) -> bytes:
    compiler = typst.Compiler(font_paths=_fonts())
    as_of = parse_timestamp(str(built.about["as_of"])).astimezone(UTC)
    content: bytes = compiler.compile(
        _TEMPLATE.read_bytes(),
        format="pdf",
        sys_inputs={"report": text},
        pdf_standards=[_STANDARD],
        timestamp=int(as_of.timestamp()),
    )
    return content


def _content(built: BuiltReport) -> dict[str, Any]:
    language = built.language
    blocks = []
    for block in outline(built):
        content = {"block": type(block).__name__, **asdict(block)}
        if isinstance(block, Drawing):
            content["svg"] = _printed(render_svg(block.spec, language))
            content["alt"] = f"{block.spec['usermeta']['title']}. {block.spec['description']}"
            del content["spec"]
        if isinstance(block, Passage):
            content["original"] = defanged(block.original)
        blocks.append(content)
    return {
        "title": title(built),
        "kicker": f"mali-narratives · {heading(built.report.title.say(language), language)}",
        "heading": _sentence_case(heading(built.subject, language) if built.subject else period_words(built)),
        "period": period_words(built) if built.subject and built.uses_period else None,
        "lead": heading(built.report.description.say(language), language),
        "as_of": say("as_of", language, moment=set_as.moment(built.about.get("as_of"), language)),
        "model": f"{say('model', language)} {built.about.get('model_id') or say('no_model', language)}",
        "codebook": f"{say('codebook', language)} {built.about.get('codebook_version') or set_as.MISSING}",
        "unfinished": say("unfinished", language)
        if built.uses_period and not built.period.is_finished
        else None,
        "contents": say("contents", language),
        "page_of": say("page_of", language),
        "language": language,
        "blocks": blocks,
    }


def _cleaned(value: Any) -> Any:
    """Return the content without controls, which JSON would hide from the search for missing signs."""
    if isinstance(value, str):
        return writable(value)
    if isinstance(value, dict):
        return {name: _cleaned(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(part) for part in value]
    return value


def _sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]


def _printed(svg: str) -> str:
    return _FONT_FAMILY.sub(f'font-family="{_FONT}"', svg.replace("currentColor", _INK))


def _with_known_signs(text: str) -> str:
    odd = {sign for sign in text if not _PLAIN.match(sign)}
    return text.translate({ord(sign): _UNKNOWN for sign in odd if not _has_glyph(sign)})


@cache
def _has_glyph(sign: str) -> bool:
    typst = _typst()
    compiler = typst.Compiler(font_paths=_fonts())
    source = f'#set document(title: "-")\n#set text(font: "{_FONT}")\n#sys.inputs.sign'.encode()
    try:
        compiler.compile(source, format="pdf", sys_inputs={"sign": f"a{sign}a"}, pdf_standards=[_STANDARD])
    except typst.TypstError:
        return False
    return True


@cache
def _fonts() -> Any:
    return _typst().Fonts(include_system_fonts=False)


def _typst() -> Any:
    try:
        return importlib.import_module("typst")
    except ImportError as error:
        raise NarrativesError(
            "PDF needs the package typst, which is not installed. "
            "Install the `reports` extra: pip install 'mali-narratives[reports]' from the project folder."
        ) from error
