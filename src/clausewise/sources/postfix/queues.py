"""What is known of the mails in a Postfix queue until each is removed: a memory with a bound."""

from __future__ import annotations

from typing import NamedTuple

MOST_MAILS = 50_000
"""Mails that are remembered at a time; beyond that the one not heard of longest is forgotten."""


class Mail(NamedTuple):
    """One mail in the queue. `pending` lines wait until the sender is known, to be counted rightly.

    A protected mail is nothing but `protected`: neither its sender nor its client is kept.
    """

    sender: str | None = None  # None: not known yet; "" is the sender of bounces
    size: int | None = None
    user: str | None = None
    client: str | None = None
    pending: int = 0
    protected: bool = False


PROTECTED = Mail(protected=True)
UNKNOWN = Mail()

Held = tuple[tuple[str, Mail], ...]


class Queues:
    """The mails of all queues of a log file, by host, instance and queue id."""

    def __init__(self, held: Held) -> None:
        self._mails = dict(held)

    @property
    def held(self) -> Held:
        """What the reader of the next block begins with, longest unheard of first."""
        return tuple(self._mails.items())

    def get(self, key: str) -> Mail:
        """Give what is known of a mail."""
        return self._mails.get(key, UNKNOWN)

    def put(self, key: str, mail: Mail) -> int:
        """Remember a mail. Gives the pending lines of a mail that is forgotten for it."""
        self._mails.pop(key, None)
        self._mails[key] = mail
        if len(self._mails) <= MOST_MAILS:
            return 0
        return self._mails.pop(next(iter(self._mails))).pending

    def take(self, key: str) -> Mail:
        """Forget a mail and give what was known of it."""
        return self._mails.pop(key, UNKNOWN)

    def clear(self) -> int:
        """Forget every mail. Gives their pending lines."""
        pending = sum(mail.pending for mail in self._mails.values())
        self._mails = {}
        return pending
