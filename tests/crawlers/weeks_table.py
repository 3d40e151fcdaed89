"""The account of simulated weeks as a table that a note may quote."""

import statistics
from collections.abc import Iterator, Mapping, Sequence
from typing import Any


def table(account: Mapping[str, Any]) -> str:
    """Return the account as lines of text."""
    return "\n".join(_lines(account)) + "\n"


def _lines(account: Mapping[str, Any]) -> Iterator[str]:
    requests, unchanged = account["requests"], account["unchanged"]
    yield (
        f"{account['weeks']:g} weeks, {account['runs']} runs, {account['outlets']} sources; "
        f"{account['seconds']} s of real time, {account['processor_seconds']} s of processor time"
    )
    yield f"requests made                 {account['requests_served']}"
    yield f"addresses with an outcome     {sum(requests.values())} {requests}"
    yield f"items on show for a day       {account['published']}"
    yield f"items missed                  {len(account['missed'])}"
    yield f"items stored twice            {len(account['twice'])}"
    yield f"documents without evidence    {account['evidence_missing']}"
    yield f"shorter on show, not stored   {len(account['gone_before_any_visit'])}"
    yield f"corrections kept as versions  {account['versions']}"
    yield (
        f"requests per unchanged feed   {unchanged['a_day']} a day, and {unchanged['robots_a_day']} "
        f"for its robots.txt (n {unchanged['feeds']})"
    )
    yield f"polls                         {unchanged['polls_of_all']}, {_change(unchanged)} brought a change"
    sizes = (account[f"{part}_bytes"] / 1e6 for part in ("payload", "evidence", "database"))
    yield "megabytes                     {:.1f} received, {:.1f} of evidence, {:.1f} of database".format(
        *sizes
    )
    yield f"servers caught lying          {account['lying_servers_known']}"
    yield f"outcomes                      {account['outcomes']}"
    for kind in sorted({delay["what"] for delay in account["reported"]}):
        delays = [delay for delay in account["reported"] if delay["what"] == kind]
        intervals = [each["intervals"] for each in delays if each["intervals"] is not None]
        yield (
            f"hours until reported, {kind:<10} {_spread(delays)}, longest in its own intervals "
            f"{max(intervals, default='none')}"
        )
    for kind in sorted({back["what"] for back in account["recovered"]}):
        back = [each for each in account["recovered"] if each["what"] == kind]
        days = sorted({each["dead_days"] for each in back})
        yield f"hours until read again, {kind:<8} {_spread(back)}, dead for {days} days"
    yield f"false alarms                  {len(account['false_alarms'])} {account['false_alarms']}"


def _change(unchanged: Mapping[str, Any]) -> int:
    return int(unchanged["polls_that_brought_a_change"])


def _spread(delays: Sequence[Mapping[str, Any]]) -> str:
    hours = [each["hours"] for each in delays if each["hours"] is not None]
    never = len(delays) - len(hours)
    said = f"n {len(delays)}, median {statistics.median(hours)}, longest {max(hours)}" if hours else "n 0"
    return said + (f", never {never}" if never else "")
