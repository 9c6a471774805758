"""What can go wrong, said once: a message for the user, a hint for the next step, an exit code."""

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes of every command; a stable contract."""

    DONE = 0
    BUG = 1
    USAGE = 2
    NOT_FOUND = 3
    AMBIGUOUS = 4
    STORE = 5
    NETWORK = 6
    REJECTED_IN_PART = 7
    INTERRUPTED = 130


class GivebackError(Exception):
    """An error that the user can do something about.

    Attributes:
        message: what happened, to which thing; one line, without a final full stop.
        hint: what to do next, or "".
        code: the exit code of the process.
    """

    code: Exit = Exit.BUG

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(GivebackError):
    """The words of the command are off: an impossible date, an empty interest."""

    code = Exit.USAGE


class NotFoundError(GivebackError):
    """Nothing of that name or number."""

    code = Exit.NOT_FOUND


class AmbiguousError(GivebackError):
    """More than one thing answers to that name, or two changes exclude each other.

    Attributes:
        candidates: one line each, best first.
    """

    code = Exit.AMBIGUOUS

    def __init__(self, message: str, hint: str = "", candidates: tuple[str, ...] = ()) -> None:
        super().__init__(message, hint)
        self.candidates = candidates


class StoreError(GivebackError):
    """The store cannot be opened, read or written."""

    code = Exit.STORE


class NetworkError(GivebackError):
    """Nothing could be fetched, or a message not sent."""

    code = Exit.NETWORK


class RejectedError(GivebackError):
    """Some of the input was rejected; what was good is kept."""

    code = Exit.REJECTED_IN_PART
