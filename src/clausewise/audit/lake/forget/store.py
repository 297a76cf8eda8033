"""Where retention, holds, signed papers and the signing key of each person lie."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from clausewise.audit.lake.disk.store import write_whole
from clausewise.audit.lake.forget.paper import canonical
from clausewise.audit.lake.store import FOLDER
from clausewise.facts.store import key_id

PAPERS: Final = "forget"
_PERSON = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,127}")


def text_of(home: Path, name: str) -> str:
    """The text of a file of the county's; empty if there is none."""
    path = home / name
    try:
        return path.read_text(encoding="utf-8") if path.exists() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: cannot be read; save it as UTF-8 and check the rights on it") from error


def papers(home: Path) -> Path:
    """The folder of proposals and certificates."""
    return home / FOLDER / PAPERS


def make_key(home: Path, person: str, path: Path | None = None) -> Path:
    """Make the signing key (ed25519, RFC 8032) of one person, mode 0600, at `path` or among the county's keys.

    The public half is registered under the person's id. Raises ValueError when the person has a key already.
    """
    public = _public(home, person)
    private = path or public.with_suffix(".key")
    if public.exists() or private.exists():
        raise ValueError(f"{public}: {person} has a key already; use that one, or take it away first")
    public.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    handle = os.open(private, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    told = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    write_whole(public, told)
    return private


def _public(home: Path, person: str) -> Path:
    if not _PERSON.fullmatch(person):
        raise ValueError(f"{person}: is no id of a person; use the id of the staff list")
    return home / "keys" / "people" / f"{person}.pub"


def signing_key(home: Path, person: str, path: Path | None = None) -> Ed25519PrivateKey:
    """The signing key of a person, which must be the one that is registered. Raises ValueError."""
    path = path or _public(home, person).with_suffix(".key")
    if not path.is_file():
        raise ValueError(f"{path}: {person} has no key here; clausewise lake key {person}")
    if path.stat().st_mode & 0o077:
        raise ValueError(f"{path}: others may read this key; run chmod 600 {path}")
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError(f"{path}: is not an ed25519 key; restore it from your backup")
    if key.public_key() != public_key(home, person):
        raise ValueError(f"{path}: is not the key that is registered for {person}; name that one with --key")
    return key


def public_key(home: Path, person: str) -> Ed25519PublicKey:
    """The registered public key of a person. Raises ValueError."""
    path = _public(home, person)
    try:
        key = serialization.load_pem_public_key(path.read_bytes())
    except (OSError, ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError(f"{path}: no public key of {person}; clausewise lake key {person}")
    return key


def signed(row: Mapping[str, Any], key: Ed25519PrivateKey) -> bytes:
    """A paper with its signature, as a file."""
    told = {"paper": row, "key": key_id(key.public_key()), "signature": key.sign(canonical(row)).hex()}
    return json.dumps(told, indent=1, ensure_ascii=True).encode() + b"\n"


def file_paper(home: Path, name: str, data: bytes) -> Path:
    """Write a signed paper whole."""
    folder = papers(home)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_whole(folder / name, data)
    return folder / name


def read_paper(home: Path, path: Path, signer: str) -> dict[str, Any]:
    """The paper in a file; `signer` names the field with the id of who signed it.

    Raises:
        ValueError: it cannot be read, or was changed after it was signed.
    """
    try:
        told = json.loads(path.read_bytes())
        row = dict(told["paper"])
        signature, by = bytes.fromhex(told["signature"]), str(row[signer])
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path}: is not a signed paper of the lake; name one of {papers(home)}") from error
    key = public_key(home, by)
    try:
        key.verify(signature, canonical(row))
    except InvalidSignature:
        raise ValueError(f"{path}: was changed after {by} signed it; propose again") from None
    return row
