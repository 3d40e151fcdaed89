"""`narratives sources check`, live: what an address is, and what a crawl would get there."""

from dataclasses import dataclass, field

from crawlers.catalog import Source
from crawlers.discovery import Offer, distinct, offers_of_robots
from crawlers.platform_addresses import SOCIAL_PLATFORMS, polled_address
from crawlers.robots import robots_address
from crawlers.scouting import Notebook, scout
from crawlers.source_hosts import unverified_hosts
from crawlers.spiders.scout import Look, Scout
from crawlers.verdicts import Verdict, verdict_of
from db.deployment import Deployment
from db.errors import NarrativesError
from db.policy import load_policy


@dataclass(slots=True)
class Report:
    """The verdict on one address, and where else its site lists articles when it is not as promised."""

    verdict: Verdict
    offers: tuple[Offer, ...] = field(default=())


def check_live(deployment: Deployment, targets: list[Source | str]) -> list[Report]:
    """Look at sources and plain addresses, one after the other. Raises NarrativesError before any request.

    Posts of private persons are not even looked at without a policy.
    """
    for target in targets:
        if isinstance(target, Source):
            _check_address(target)
            if target.platform in SOCIAL_PLATFORMS:
                load_policy(deployment)
    reports: list[Report] = []

    async def investigate(spider: Scout, notebook: Notebook) -> None:
        for target in targets:
            if isinstance(target, Source):
                reports.append(await _source(spider, notebook, target))
            else:
                look = await spider.look(target)
                reports.append(Report(verdict_of(look, None, None), _offers(look, notebook)))

    listed = unverified_hosts(target for target in targets if isinstance(target, Source))
    scout(deployment, investigate, unverified=listed)
    return reports


def _check_address(source: Source) -> None:
    if source.url is None:
        raise NarrativesError(
            f"The source {source.id} has no address to look at ({source.disabled_reason}). "
            "Find one, or look at a page of its site with `narratives sources check URL`."
        )
    try:
        polled_address(source.platform, source.url)
    except ValueError as error:
        raise NarrativesError(f"The source {source.id} cannot be asked: {error}.") from error


async def _source(spider: Scout, notebook: Notebook, source: Source) -> Report:
    asked = polled_address(source.platform, source.url or "")
    look = await _look(spider, source, asked)
    if look.reading is not None and look.reading.value and look.reading.value["kind"] == "account":
        # An account is only an entry; what it leads to is what a crawl would read.
        look = await _look(spider, source, str(look.reading.value["further"]))
    verdict = verdict_of(look, source, source.platform)
    return Report(verdict, () if verdict.works else _offers(look, notebook))


async def _look(spider: Scout, source: Source, url: str) -> Look:
    selectors = source.selectors.model_dump() if source.selectors else None
    return await spider.look(url, timezone=source.timezone, platform=source.platform, selectors=selectors)


def _offers(look: Look, notebook: Notebook) -> tuple[Offer, ...]:
    found = look.reading.value if look.reading else None
    named = [Offer(**offer) for offer in (found or {}).get("offers", ())]
    robots = notebook.robots.get(robots_address(look.url), b"")
    return distinct([*named, *offers_of_robots(robots.decode("utf-8", "replace"))])
