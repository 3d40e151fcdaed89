"""Datasette as it comes, without the plugins that are installed beside it: what its own tests do."""

import sys

if __name__ == "__main__":
    sys._called_from_test = True  # type: ignore[attr-defined]
    from datasette.cli import cli

    cli()
