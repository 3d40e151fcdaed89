"""Calling ``narratives`` as a person would, whether it does as asked or refuses."""

from click.testing import CliRunner

from narratives import cli


def run(*arguments: object) -> str:
    """Return what a command prints."""
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


def refused(*arguments: object) -> str:
    """Return what a command says when it refuses."""
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments])
    assert result.exit_code == 1
    return result.stderr
