"""Reads log files in several processes at once and hands on what they hold in the order of the files' lines.

A plain file whose format can be read from any line on is cut at line ends into ranges; any other file is read by
one process from its beginning. What comes out is what `store.read` gives, block by block, whatever the number of
processes.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import pyarrow as pa
import pyarrow.compute as pc

from clausewise.sources import SOURCES, store, wire
from clausewise.sources.contract import (
    NOTHING_PROTECTED,
    Batch,
    Parsed,
    Protected,
    Reject,
    Source,
    State,
    plain,
)
from clausewise.sources.store import BLOCK, LogError, Step
from clausewise.sources.worker import done, work_of

LEAST = 128 * 1024 * 1024
"""Bytes of a file below which starting processes for it alone takes longer than it saves."""
_PIPE = 1 << 20  # bytes; fewer changes between processes than the usual 64 kB
_AHEAD = 2  # tasks that a process holds at most: one that it reads, one that waits


@dataclass(frozen=True, slots=True)
class LogFile:
    """A file to be read, with the format that it has."""

    path: Path
    source: Source
    option: str = ""


@dataclass(frozen=True, slots=True)
class _Task:
    """A range of a file that ends at a line's end, or with `begin` None the whole file."""

    file: LogFile
    begin: int | None = None
    end: int | None = None


class Readers:
    """Processes that read logs. A context: at its end, however it comes, they are gone.

    `work` names a function as `package.module:function`; called with `arguments` (what JSON can say) in each
    process, it gives what is done there with each block's tables (`worker.Work`), so that only its results
    cross over. Numbers of lines among them are then those within the range. Without `work` tables come with
    `coded` as the source's reader of that name gives them, else as texts.
    """

    def __init__(
        self,
        number: int,
        protected: Protected = NOTHING_PROTECTED,
        work: str = "",
        arguments: Mapping[str, Any] | None = None,
        block: int = BLOCK,
        coded: bool = False,
    ) -> None:
        self._protected, self._work, self._arguments = protected, work, dict(arguments or {})
        self._block, self._coded, self._turn = block, coded, 0
        self._processes: list[subprocess.Popen[bytes]] = []
        try:
            self._processes += [self._start() for _ in range(number)]
        except BaseException:
            self.close()
            raise

    def _start(self) -> subprocess.Popen[bytes]:
        # A session of its own: an interrupt from the keyboard reaches this program, which then ends them.
        process = subprocess.Popen(
            [sys.executable, "-m", "clausewise.sources.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pipesize=_PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
            start_new_session=True,
        )
        note = {
            "protected": wire.protected_note(self._protected),
            "work": self._work,
            "arguments": self._arguments,
        }
        _tell(process, note)
        return process

    def __enter__(self) -> Readers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the processes; what they were reading is dropped."""
        for process in self._processes:
            process.kill()
        for process in self._processes:
            for pipe in (process.stdin, process.stdout):
                with suppress(OSError):
                    if pipe:
                        pipe.close()
            process.wait()
        self._processes.clear()

    def read(self, files: Iterable[LogFile]) -> Iterator[tuple[LogFile, Step]]:
        """Read files one after the other. Raises `LogError`, also when a process was ended from outside.

        A format that is not among `SOURCES` (a mapping of the user's own) is read in this process. A read
        that is broken off ends the processes.
        """
        if not self._processes:
            raise LogError("the processes that read logs have ended; start them anew")
        tasks = _tasks(files, self._block)
        waiting = deque[tuple[_Task, subprocess.Popen[bytes] | None]]()
        lines = 0
        try:
            while self._fill(waiting, tasks):
                task, process = waiting[0]
                before = lines = lines if task.begin else 0
                for step in self._here(task) if process is None else _answers(process, task):
                    lines += step.batch.lines
                    yield task.file, self._as_asked(step, before)
                waiting.popleft()
        finally:
            if waiting:
                self.close()

    def _fill(
        self, waiting: deque[tuple[_Task, subprocess.Popen[bytes] | None]], tasks: Iterator[_Task]
    ) -> bool:
        """Hand out tasks in turn, as many as the processes may hold; tell whether any is waited for."""
        while len(waiting) < _AHEAD * len(self._processes) and (task := next(tasks, None)):
            if SOURCES.get(task.file.source.name) is not task.file.source:
                waiting.append((task, None))
                continue
            process = self._processes[self._turn % len(self._processes)]
            self._turn += 1
            _tell(process, _asked(task, self._block))
            waiting.append((task, process))
        return bool(waiting)

    def _here(self, task: _Task) -> Iterator[Step]:
        file, work = task.file, work_of(self._work, self._arguments)
        for step in store.read(file.path, file.source, file.option, self._protected, self._block, coded=True):
            yield replace(step, batch=replace(step.batch, parsed=done(step.batch, work)))

    def _as_asked(self, step: Step, lines: int) -> Step:
        """Count lines on from those before the step's range, and give texts unless numbers are asked for."""
        batch = step.batch
        rejects = tuple(Reject(reject.line + lines, reject.offset, reject.reason) for reject in batch.rejects)
        parsed = batch.parsed
        if not self._work:
            parsed = tuple(_moved(part, lines) for part in parsed)
            parsed = parsed if self._coded else tuple(plain(part) for part in parsed)
        return replace(step, batch=replace(batch, parsed=parsed, rejects=rejects))


def read_parallel(
    path: Path,
    source: Source,
    option: str = "",
    protected: Protected = NOTHING_PROTECTED,
    workers: int = 0,
    block: int = BLOCK,
) -> Iterator[Step]:
    """Read one log file as `store.read` does, in several processes where that is quicker.

    `workers` 0 means one for each processor that this program may use. Raises what `store.read` raises.
    """
    number = workers or len(os.sched_getaffinity(0))
    divides = source.alone and SOURCES.get(source.name) is source
    if number < 2 or not divides or store.size_of(path) < LEAST or not store.is_plain(path):
        yield from store.read(path, source, option, protected, block)
        return
    source.start(option)  # a bad option is told before anything is started
    with Readers(number, protected, block=block) as readers:
        for _, step in readers.read([LogFile(path, source, option)]):
            yield step


def _tasks(files: Iterable[LogFile], block: int) -> Iterator[_Task]:
    for file in files:
        if not (file.source.alone and store.is_plain(file.path)):
            yield _Task(file)
            continue
        begin = 0
        for end in store.edges(file.path, block):
            yield _Task(file, begin, end)
            begin = end
        yield _Task(file, begin)  # to the end, wherever that is by then


def _asked(task: _Task, block: int) -> dict[str, Any]:
    return {
        "path": str(task.file.path.absolute()),
        "source": task.file.source.name,
        "option": task.file.option,
        "begin": task.begin,
        "end": task.end,
        "block": block,
    }


def _answers(process: subprocess.Popen[bytes], task: _Task) -> Iterator[Step]:
    """The blocks of one task, as its process tells them."""
    lines = 0
    while True:
        message = wire.receive(_pipe(process.stdout))
        if message is None:
            how = process.wait()
            raise LogError(
                f"{task.file.path}: the process that read it was ended (exit status {how}); try again, and with "
                "more memory or in one process if it happens again"
            )
        note = message.note
        if "error" in note:
            raise LogError(note["error"])
        if "ended" in note:
            return
        lines += note["lines"]
        batch = Batch(
            message.parsed,
            tuple(Reject(*reject) for reject in note["rejects"]),
            note["noise"],
            note["protected"],
            note["lines"],
            State(line=lines, offset=note["read"]),
            note["extra"],
        )
        yield Step(batch, note["read"], note["total"], note["truncated"])


def _moved(part: Parsed, lines: int) -> Parsed:
    """Count the lines of a table on from those before its range."""
    if not lines:
        return part
    place = part.table.schema.get_field_index("line")
    moved = pc.add(part.table.column(place), pa.scalar(lines, pa.int64()))
    return Parsed(part.cls, part.table.set_column(place, part.table.schema.field(place), moved))


def _tell(process: subprocess.Popen[bytes], note: Mapping[str, Any]) -> None:
    with suppress(BrokenPipeError):  # that it is gone is told where its answer is missing
        wire.send(_pipe(process.stdin), note)


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None, "both pipes were asked for"
    return pipe
