"""The words of a proof: `proof` marks it, `demand` and `wait` fail it, `skip` leaves it out."""

import time


class Failure(Exception):
    """Why a proof failed, as text for the report."""


class Skipped(Exception):
    """Why a proof cannot be made on this machine."""


def proof(title):
    """Marks a function of a theme as a proof; they run in the order of the file, each with the theme's Site."""

    def mark(function):
        function.proof_title = title
        return function

    return mark


def proofs_of(module):
    """The proofs of a theme, in the order in which they stand in its file."""
    found = [value for value in vars(module).values() if hasattr(value, "proof_title")]
    return sorted(found, key=lambda function: function.__code__.co_firstlineno)


def demand(holds, what):
    """Fails the proof with a sentence unless `holds`."""
    if not holds:
        raise Failure(what() if callable(what) else str(what))


def skip(reason):
    """Leaves the proof out, with the reason in the report."""
    raise Skipped(reason)


# What a look at something that is still being made may meet.
NOT_YET = (Failure, OSError, ValueError, LookupError, TypeError, AttributeError)


def wait(what, condition, within=10, pause=0.05):
    """Waits until `condition()` is true, and returns what it gave; fails with `what` after `within` seconds.

    A condition that finds a thing missing (a Failure, no such key or file, no JSON) is not true yet.
    """
    end = time.monotonic() + within
    while True:
        trouble = None
        try:
            value = condition()
            if value:
                return value
        except NOT_YET as error:
            trouble = f"{type(error).__name__}: {error}"
        if time.monotonic() >= end:
            last = f"; at the last look: {trouble}" if trouble else ""
            raise Failure(f"{what}: not within {within} s{last}")
        time.sleep(pause)
