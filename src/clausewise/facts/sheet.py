"""From the bytes of a county's file to rows of text: CSV as spreadsheets save it, and XLSX workbooks.

Nothing here knows what the columns mean, and nothing here opens a file: bytes in, sheets and problems out.
"""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from xml.etree.ElementTree import ParseError

from .problem import Problem

_ENCODING_REMEDY = "save it again as CSV UTF-8"
_LONGEST_CELL = 131_072  # characters; a longer cell is a lost quotation mark, not a fact


@dataclass(frozen=True, slots=True)
class Line:
    """One row of text, and the line of the file (1-based) on which it begins."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table as the county typed it: the table's name, the file to name in messages, heading and rows."""

    table: str
    file: str
    heading: Line
    rows: tuple[Line, ...]


def from_csv(table: str, file: str, data: bytes) -> tuple[Sheet, list[Problem]]:
    """Read CSV in UTF-8 (with or without BOM), UTF-16 with BOM, or Windows-1252; separated by , ; or tab."""
    text, problems = _decode(file, data)
    separator = _separator(text)
    lines: list[Line] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    begins = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error:
            # strict: a quotation mark that is never closed would otherwise swallow the rest of the file
            what = f"a quotation mark is out of place, or a cell is longer than {_LONGEST_CELL} characters"
            problems.append(Problem(file, begins, what, 'close it, or write "" for a mark inside a cell'))
            break
        lines.append(Line(begins, tuple(cell.strip() for cell in cells)))
        begins = reader.line_num + 1
    return _sheet(table, file, lines), problems


def _decode(file: str, data: bytes) -> tuple[str, list[Problem]]:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            return data.decode("utf-16"), []
        except UnicodeDecodeError:
            return "", [Problem(file, 0, "is neither UTF-8 nor UTF-16 nor Windows-1252", _ENCODING_REMEDY)]
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding), []
        except UnicodeDecodeError:
            continue
    return "", [Problem(file, 0, "is neither UTF-8 nor UTF-16 nor Windows-1252", _ENCODING_REMEDY)]


def _separator(text: str) -> str:
    """The separator that the heading uses most; a comma when it has a single column."""
    heading = next((line for line in text.splitlines() if line.strip() and not line.startswith("#")), "")
    return max(",;\t", key=heading.count)


def _sheet(table: str, file: str, lines: list[Line]) -> Sheet:
    """Leave out empty lines and lines that begin with #; the first line left is the heading."""
    kept = [line for line in lines if any(line.cells) and not line.cells[0].startswith("#")]
    if not kept:
        return Sheet(table, file, Line(1, ()), ())
    return Sheet(table, file, kept[0], tuple(kept[1:]))


def from_xlsx(file: str, data: bytes) -> Iterator[Sheet | Problem]:
    """Yield each worksheet that is not empty, or a problem.

    Formulas are read as the value that was last computed; the table's name is the worksheet's title.
    """
    from openpyxl import load_workbook  # late: only counties that keep workbooks need it
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheets = [(page.title, [_line(n, row) for n, row in enumerate(page.iter_rows(values_only=True), 1)])
                  for page in book.worksheets]  # fmt: skip
    except (InvalidFileException, zipfile.BadZipFile, ParseError, KeyError, ValueError, OSError,
            TypeError, AttributeError, IndexError, EOFError, zlib.error):  # fmt: skip
        # openpyxl has no error of its own for a damaged part: it lets whatever it stumbled over through
        yield Problem(file, 0, "is not a workbook that can be read", "save it again as .xlsx or as CSV UTF-8")
        return
    for title, lines in sheets:
        sheet = _sheet(title.strip().casefold().replace(" ", "_"), file, lines)
        if sheet.heading.cells:
            yield sheet


def _line(number: int, values: tuple[object, ...]) -> Line:
    return Line(number, tuple(_cell(value) for value in values))


def _cell(value: object) -> str:
    """A workbook's typed cell as the text a person would have typed into a CSV."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        midnight = value.time() == time(0)
        return value.date().isoformat() if midnight else value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
