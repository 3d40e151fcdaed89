"""Reports have words for what the catalogue says of a source: the two rooms meet only here."""

from typing import get_args

from crawlers.catalog import Kind, Platform, Statement, load_catalogue
from datasette_config.wording import say_or


def test_what_the_catalogue_says_of_a_source_has_words_for_people() -> None:
    properties = get_args(Statement.model_fields["property"].annotation)
    wanted = {f"outlet_{kind}" for kind in get_args(Kind)}
    wanted |= {f"platform_{platform}" for platform in get_args(Platform)}
    wanted |= {f"property_{name}" for name in properties}
    wanted |= {f"country_{source.country}" for source in load_catalogue((), True).values() if source.country}
    assert len(properties) > 3 and len(wanted) > 30
    assert not sorted(key for key in wanted if not say_or(key, "fr", "") or not say_or(key, "en", ""))
