"""Read the adopted document, and keep its text in the county's own instance.

The words of the regulation belong to the county and are not part of a pack. Once adopted they
stand in ``$CLAUSEWISE_HOME/regulation/<pack id>/text.json`` with a digest over everything, and
every edition ever adopted stays beside it, since last year's event is judged by last year's text.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from .documents import MOST_BYTES, DocumentError, paragraphs
from .outline import CrossReference, LegalReference, Outline, Unit
from .shape import Shape, ShapeError, parse_shape

_FORMAT = 1
_PACK_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_QUOTED = re.compile(r"(?P<unit>[A-Za-z0-9.-]+)(?::(?P<number>\d{1,3}))?")


class StoreError(ValueError):
    """Stored text cannot be written or trusted; reads ``place: problem; remedy``."""


@dataclass(frozen=True, slots=True)
class SourceDocument:
    """A document as read: the file's name, the SHA-256 of its bytes, its paragraphs."""

    name: str
    sha256: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StoredText:
    """Adopted text as stored; `digest` is the SHA-256 over all of it, `at` is in UTC."""

    pack_id: str
    outline: Outline
    source_name: str
    source_sha256: str
    at: datetime
    digest: str

    def sentences(self, unit_id: str) -> tuple[str, ...]:
        """The printed sentences of a unit such as ``9.f``; empty if it is not printed."""
        unit = self.outline.unit(unit_id)
        return unit.sentences if unit else ()

    def quote(self, place: str) -> str | None:
        """The words printed at ``9.f`` (the whole paragraph) or ``9.f:1`` (one sentence), or None."""
        match = _QUOTED.fullmatch(place)
        unit = self.outline.unit(match["unit"]) if match else None
        if match is None or unit is None:
            return None
        if match["number"] is None:
            return unit.text
        number = int(match["number"])
        return unit.sentences[number - 1] if 1 <= number <= len(unit.sentences) else None


def read_source(path: Path) -> SourceDocument:
    """Read a .txt, .html, .docx or .pdf file.

    Raises:
        DocumentError: with every problem found, a file that cannot be opened among them.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise DocumentError(
            f"{path}: {(error.strerror or 'cannot be read').lower()}; check the path"
        ) from error
    return SourceDocument(path.name, hashlib.sha256(data).hexdigest(), tuple(paragraphs(data, path.name)))


def read_document(path: Path) -> list[str]:
    """Return only the paragraphs of `read_source`; same errors."""
    return list(read_source(path).paragraphs)


def load_shape(path: Path) -> Shape:
    """Read a pack's shape.toml.

    Raises:
        ShapeError: if it cannot be read, with every reason.
    """
    try:
        return parse_shape(path.read_text(encoding="utf-8"), path.name)
    except (OSError, UnicodeDecodeError) as error:
        raise ShapeError(f"{path}: cannot be read; check that the pack is complete") from error


def store_text(
    home: Path, pack_id: str, outline: Outline, source_name: str, source_sha256: str, at: datetime
) -> StoredText:
    """Store adopted text so that a reader sees the old edition or the new one, never half of one.

    Args:
        home: the instance's folder.
        pack_id: the pack whose regulation this is; names the folder.
        outline: the parsed document.
        source_name: the document's file name, without folders.
        source_sha256: SHA-256 of the document's bytes.
        at: when it is adopted into the instance, aware, in UTC.

    Raises:
        StoreError: if the pack id is not a plain name, `at` has no zone, nothing was parsed, or
            the disk refuses.
    """
    if at.tzinfo is None:
        raise StoreError(f"{pack_id}: the time of adoption has no time zone; give it in UTC")
    if all(unit.kind == "preamble" for unit in outline.units):
        raise StoreError(f"{source_name}: no numbered paragraph found; check that this is the regulation")
    body: dict[str, Any] = {
        "format": _FORMAT,
        "pack": pack_id,
        "source": {"name": source_name, "sha256": source_sha256},
        "at": at.astimezone(UTC).isoformat(),
        "outline": asdict(outline),
    }
    digest = _digest(body)
    content = json.dumps({**body, "digest": digest}, ensure_ascii=False, indent=1, default=_as_json) + "\n"
    folder = _folder(home, pack_id)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write(folder / f"edition-{digest[:16]}.json", content)
        _write(folder / "text.json", content)
    except OSError as error:
        raise StoreError(f"{folder}: cannot be written ({error.strerror}); check space and rights") from error
    return StoredText(pack_id, outline, source_name, source_sha256, at.astimezone(UTC), digest)


def load_text(home: Path, pack_id: str) -> StoredText | None:
    """Return the adopted text, or None if the county has not supplied it yet.

    Raises:
        StoreError: if the file was altered, is damaged, or another version wrote it.
    """
    path = _folder(home, pack_id) / "text.json"
    try:
        raw = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise StoreError(f"{path}: cannot be read; adopt the document again") from error
    if not isinstance(raw, dict) or raw.get("format") != _FORMAT:
        raise StoreError(f"{path}: written by another version; adopt the document again")
    digest = raw.pop("digest", None)
    if digest != _digest(raw) or raw.get("pack") != pack_id:
        raise StoreError(f"{path}: altered since it was adopted; adopt the document again")
    try:
        return StoredText(
            pack_id, _outline(raw["outline"]), raw["source"]["name"], raw["source"]["sha256"],
            datetime.fromisoformat(raw["at"]), digest,
        )  # fmt: skip
    except (KeyError, TypeError, ValueError) as error:
        raise StoreError(f"{path}: damaged; adopt the document again") from error


def _folder(home: Path, pack_id: str) -> Path:
    if not _PACK_ID.fullmatch(pack_id):
        raise StoreError(f"{pack_id!r}: not a pack id; use lower-case letters, digits, dots and dashes")
    return home / "regulation" / pack_id


def _digest(body: dict[str, Any]) -> str:
    canonical = json.dumps(body, ensure_ascii=True, sort_keys=True, separators=(",", ":"), default=_as_json)
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


def _as_json(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__}: not storable; use text, numbers and dates")


def _write(path: Path, content: str) -> None:
    """Replace a file in one step; it is on disk before the name points to it."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".text-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _outline(raw: dict[str, Any]) -> Outline:
    return Outline(
        heading=tuple(raw["heading"]),
        units=tuple(Unit(**{**unit, "sentences": tuple(unit["sentences"])}) for unit in raw["units"]),
        cross_references=tuple(
            CrossReference(**{**entry, "codes": tuple(entry["codes"])}) for entry in raw["cross_references"]
        ),
        legal=tuple(LegalReference(**entry) for entry in raw["legal"]),
        resources=tuple(raw["resources"]),
        approved=date.fromisoformat(raw["approved"]) if raw["approved"] else None,
        revised=tuple(date.fromisoformat(day) for day in raw["revised"]),
        footer=tuple(raw["footer"]),
        problems=tuple(raw["problems"]),
    )
