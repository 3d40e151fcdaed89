"""A crawl whose name answers are written by the test, and whose every connection is counted."""

import json
import subprocess
from dataclasses import dataclass, field
from typing import Any

from tests.crawlers.crawl_desk import MORNING, Desk

#: A public address that the watched crawl reaches on loopback instead.
PUBLIC = "93.184.216.34"

#: The command as it is, but: names are answered from ``plan``, and a connection to anything but the served
#: loopback port or the public stand-in is counted as a hit and refused.
_PROGRAM = """
import collections, json, os, socket, sys
import crawlers.addresses, crawlers.politeness, crawlers.settings, scrapy.resolver
from twisted.internet import asyncioreactor, error
from narratives import cli

plan = json.loads(os.environ["TEST_NET"])
crawlers.settings.SETTINGS["DOWNLOAD_TIMEOUT"] = 5
crawlers.politeness.MINIMUM_DELAY = 0.0
if not plan["cache"]:
    scrapy.resolver.dnscache = type("Forgetful", (dict,), {"__setitem__": lambda *given: None})()
if not plan["gate"]:
    crawlers.addresses.UrlGate.refusal = lambda self, url: None
look_up, connect = socket.gethostbyname, asyncioreactor.AsyncioSelectorReactor.connectTCP
asked = collections.Counter()
reached, hits = collections.Counter(), []

def gethostbyname(name):
    name = name if isinstance(name, str) else name.decode()
    answers = plan["names"].get(name) or plan["others"]
    if all(character in "0123456789abcdefx.:" for character in name) and name[:1].isdigit():
        return look_up(name)
    asked[name] += 1
    return answers[(asked[name] - 1) % len(answers)]

def connectTCP(self, host, port, factory, *more, **named):
    if host == plan["public"]:
        reached[port] += 1
        return connect(self, "127.0.0.1", plan["ports"][str(port)], factory, *more, **named)
    if (host, port) == ("127.0.0.1", plan["port"]):
        reached["loopback"] += 1
        return connect(self, host, port, factory, *more, **named)
    hits.append(f"{host}:{port}")
    raise error.ConnectionRefusedError("a hit")

socket.gethostbyname = gethostbyname
asyncioreactor.AsyncioSelectorReactor.connectTCP = connectTCP
try:
    cli()
finally:
    said = {"hits": hits, "reached": reached, "looked_up": sum(asked.values())}
    print("net: " + json.dumps(said), file=sys.stderr)
"""


@dataclass
class Net:
    """What names lead to. ``names``: addresses given in turn; ``ports``: the public stand-in's ports."""

    names: dict[str, list[str]] = field(default_factory=dict)
    others: list[str] = field(default_factory=lambda: ["127.0.0.1"])
    ports: dict[int, int] = field(default_factory=dict)
    gate: bool = True
    cache: bool = True


@dataclass
class Account:
    """What a watched command did: connections that must not be, and those that may."""

    hits: list[str]
    reached: dict[str, int]
    looked_up: int
    code: int
    said: str


def run_on(desk: Desk, net: Net, *arguments: str, **environment: str) -> Account:
    """Run a command of the deployment on a net; every crawl of it is watched."""
    plan: dict[str, Any] = {
        "names": net.names, "others": net.others, "public": PUBLIC, "port": desk.site.port,
        "ports": {str(port): served for port, served in net.ports.items()},
        "gate": net.gate, "cache": net.cache,
    }  # fmt: skip
    command = desk.command()
    done = subprocess.run(
        [command[0], "-c", _PROGRAM, arguments[0], str(desk.database), *arguments[1:]],
        env=desk._environment(MORNING, {"TEST_NET": json.dumps(plan), **environment}), cwd=desk.folder,
        capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    line = next(line for line in done.stderr.splitlines() if line.startswith("net: "))
    return Account(code=done.returncode, said=done.stderr, **json.loads(line.removeprefix("net: ")))
