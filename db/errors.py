"""The one exception that a person is meant to read."""


class NarrativesError(Exception):
    """Says what went wrong, with which value, and what to do about it.

    The front door prints the message and exits with 1; every other exception is a defect.
    """


class ToldToStopError(NarrativesError):
    """A signal ended the work in good order; what comes after it must not begin."""
