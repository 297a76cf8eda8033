"""Reads Postfix mail logs: the lines about one mail are joined by its queue id, one event a recipient."""

from __future__ import annotations

from typing import NamedTuple

from clausewise.sources.contract import NOTHING_PROTECTED, Batch, Protected, Source, State, finish_with
from clausewise.sources.options import start_with_clock
from clausewise.sources.postfix import lines
from clausewise.sources.postfix.queues import PROTECTED, UNKNOWN, Held, Mail, Queues
from clausewise.sources.rows import Collected, Line, Reader, both, end_with, parse_with
from clausewise.sources.syslog_lines import Message, Prefixes, put
from clausewise.sources.times import Clock, Seen

_PART = "part-of-a-delivery"


class Memory(NamedTuple):
    """What a file's reader keeps from block to block."""

    seen: Seen | None = None
    held: Held = ()


class PostfixReader:
    """Joins the lines of each mail. Lines before its sender is known wait to be counted, nothing else."""

    def __init__(self, memory: Memory, clock: Clock) -> None:
        self._prefixes, self._queues = Prefixes(clock, memory.seen), Queues(memory.held)

    @property
    def memory(self) -> Memory:
        """What the next block's reader begins with."""
        return Memory(self._prefixes.seen, self._queues.held)

    def read(self, line: Line, out: Collected) -> None:
        """Put one line into `out`, or let it wait for the sender of its mail."""
        if not line.text.strip():
            out.noise["blank"] += 1
            return
        message = self._prefixes.read(line.text)
        if message is None:
            out.reject(line, "not a line of a syslog file")
            return
        instance, apart, program = message.program.partition("/")
        program = program.rpartition("/")[2]  # postfix/submission/smtpd is of the instance postfix
        found = lines.ABOUT_A_MAIL.fullmatch(message.text) if apart and program in lines.DAEMONS else None
        if found is None:
            out.noise["not-watched"] += 1
        elif found[1] == "NOQUEUE":
            self._refuse("", message, found[2], line, out)
        else:
            key = f"{message.host}/{instance}/{found[1]}"
            self._read_about(key, program, message, found[2], line, out)

    def end(self, out: Collected) -> None:
        """Count the lines whose mail's sender never came."""
        out.noise[_PART] += self._queues.clear()

    def _read_about(
        self, key: str, program: str, message: Message, text: str, line: Line, out: Collected
    ) -> None:
        if text.startswith(("client=", "uid=")):
            # A mail begins: what is known of an older one by this (short) id is over.
            self._count(self._queues.take(key), 0, out)
            if text.startswith("uid="):
                self._wait(key, lines.read_local_sender(text), out)
            else:
                self._handed_in(key, lines.read_client(text), out)
        elif text == "removed":
            self._count(self._queues.take(key), 1, out)
        elif self._queues.get(key).protected:
            out.protected += 1
        elif text.startswith("from=<"):
            self._sent_by(key, message, text, line, out)
        elif text.startswith("to=<"):
            self._deliver(key, program, message, text, line, out)
        elif "; from=<" in text:
            self._refuse(key, message, text, line, out)
        else:
            self._wait(key, None, out)

    def _handed_in(self, key: str, client: lines.Client, out: Collected) -> None:
        before = UNKNOWN
        if client.before:
            before = self._queues.get(f"{key.rpartition('/')[0]}/{client.before}")
        user = client.user or before.user
        if before.protected or out.protected_names.mail(user, None):
            self._protect(key, out)
        else:
            self._keep(key, Mail(user=user, client=client.ip, pending=1), out)

    def _wait(self, key: str, sender: str | None, out: Collected) -> None:
        mail = self._queues.get(key)
        if out.protected_names.mail(sender, None):
            self._protect(key, out)
        elif mail.sender is None:
            self._keep(key, mail._replace(pending=mail.pending + 1), out)
        else:
            out.noise[_PART] += 1

    def _sent_by(self, key: str, message: Message, text: str, line: Line, out: Collected) -> None:
        found = lines.read_sender(text)
        if found is None:
            _reject(text, line, "the sender cannot be read", out)
            return
        sender, size, given_up = found
        if out.protected_names.mail(sender, None):
            self._protect(key, out)
            return
        known = self._queues.get(key)
        mail = known._replace(sender=sender, size=known.size if size is None else size, pending=0)
        self._count(known, 0 if given_up else 1, out)
        self._keep(key, mail, out)
        if given_up:
            put("mail", message, line, out, _values(mail, None, None, "attempted"))

    def _deliver(
        self, key: str, program: str, message: Message, text: str, line: Line, out: Collected
    ) -> None:
        mail, found = self._queues.get(key), lines.read_delivery(text, program)
        if found is None:
            _reject(text, line, "the delivery cannot be read", out)
        elif out.protected_names.mail(None, f"{found.recipient} {found.written_to}"):
            self._protect(key, out)
        elif found.noise:
            out.noise[found.noise] += 1
        elif mail.sender is None and out.protected_names.senders:
            # Nobody can tell any more whether a protected person sent it: its first lines are not in the file.
            out.noise["sender-unknown"] += 1
        else:
            values = _values(mail, found.recipient or None, found.relay, found.outcome)
            put("mail", message, line, out, values)

    def _refuse(self, key: str, message: Message, text: str, line: Line, out: Collected) -> None:
        found = lines.read_refusal(text)
        if found and out.protected_names.mail(found.sender, found.recipient):
            if key:
                self._protect(key, out)
            else:
                out.protected += 1
        elif not text.startswith(("reject: ", "milter-reject: ", "discard: ", "milter-discard: ")):
            # A header check that only warns: it quotes the mail, and nothing of it is kept.
            out.noise["header-check" if found else "not-watched"] += 1
        elif found is None:
            out.noise["refused-before-a-recipient"] += 1
        else:
            mail = self._queues.get(key) if key else UNKNOWN
            user, client = found.user or mail.user, mail.client or found.ip
            mail = mail._replace(sender=found.sender, user=user, client=client)
            put("mail", message, line, out, _values(mail, found.recipient, None, "attempted"))

    def _protect(self, key: str, out: Collected) -> None:
        out.protected += self._queues.get(key).pending + 1
        self._keep(key, PROTECTED, out)

    def _keep(self, key: str, mail: Mail, out: Collected) -> None:
        out.noise[_PART] += self._queues.put(key, mail)

    def _count(self, mail: Mail, more: int, out: Collected) -> None:
        if mail.protected:
            out.protected += more
        else:
            out.noise[_PART] += mail.pending + more


def _reject(text: str, line: Line, reason: str, out: Collected) -> None:
    if any(out.protected_names.mail(name, name) for name in lines.addresses(text)):
        out.protected += 1
    else:
        out.reject(line, reason)


def _values(mail: Mail, recipient: str | None, relay: str | None, outcome: str) -> dict[str, object]:
    return {
        "user": mail.user,
        "sender": mail.sender or None,
        "recipient": recipient,
        "bytes": mail.size,
        "src_ip": mail.client,
        "service": relay,
        "outcome": outcome,
    }


def begin(memory: Memory | None, option: Clock) -> Reader:
    """Give the reader of a block."""
    return PostfixReader(memory or Memory(), option)


def parse(block: bytes, state: State, protected: Protected = NOTHING_PROTECTED) -> Batch:
    """Read one block; see the contract of `Source`."""
    return parse_with(begin, block, state, protected)


def finish(state: State, protected: Protected = NOTHING_PROTECTED, cut_short: bool = False) -> Batch:
    """Read a last line that has no line end, and count the lines that still wait."""
    last = finish_with(parse, state, protected, cut_short)
    return both(last, end_with(begin, last.state, protected))


SOURCE = Source(
    "postfix", "Postfix mail server, mail log", ("mail",), parse, finish, start_with_clock, zone=True
)
