"""Asks a publication for one page of every type under the Datasette that runs this; prints status and path.

Run by the soak test in an environment with a pinned alpha of Datasette 1.0; the other packages are those
of the main environment, whose folder comes last.
"""

import asyncio
import json
import sys
from pathlib import Path


async def main(publication: Path, paths: list[str]) -> None:
    """Print the version, then one line of JSON for each path."""
    from datasette.version import __version__

    from datasette_config.serving import application

    datasette = application(publication)
    print(json.dumps({"version": __version__}))  # noqa: T201
    for path in paths:
        answer = await datasette.client.get(path)
        print(json.dumps({"path": path, "status": answer.status_code, "characters": len(answer.text)}))  # noqa: T201


if __name__ == "__main__":
    sys.path.append(sys.argv[1])
    sys.path.insert(0, sys.argv[2])
    asyncio.run(main(Path(sys.argv[3]), json.loads(sys.argv[4])))
