"""The repository as the house tests see it: its Python files, parsed, and every file that git would keep."""

from __future__ import annotations

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src" / "clausewise"


@cache
def syntax(path: Path) -> ast.Module:
    """The syntax tree of one Python file; raises SyntaxError as Python would."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def package_files(*skip: str) -> list[Path]:
    """Every module of the package, without those of the named top folders."""
    return sorted(path for path in SRC.rglob("*.py") if path.relative_to(SRC).parts[0] not in skip)


def python_files() -> list[Path]:
    """Every Python file that people of this project write."""
    return sorted(
        path for folder in ("src", "tests", "benchmarks", "docs") for path in (ROOT / folder).rglob("*.py")
    )


def kept_files() -> list[Path]:
    """Every file that is in git or would be with `git add`; in an unpacked archive, every file."""
    command = ["git", "-c", "safe.directory=*", "-C", str(ROOT), "ls-files", "-z"]
    try:
        listing = subprocess.run(
            [*command, "--cached", "--others", "--exclude-standard"],
            capture_output=True,
            check=True,
            text=True,
        )
        paths = [ROOT / name for name in listing.stdout.split("\0") if name]
    except (FileNotFoundError, subprocess.CalledProcessError):
        made_here = {".venv", ".clausewise", ".check", "__pycache__", ".git"}
        paths = [path for path in ROOT.rglob("*") if not made_here & set(path.relative_to(ROOT).parts)]
    return [path for path in paths if path.is_file() and not path.is_symlink()]


def where(path: Path, node: ast.AST | None = None) -> str:
    """`path:line`, as an editor takes it."""
    place = str(path.relative_to(ROOT))
    return place if node is None else f"{place}:{getattr(node, 'lineno', 1)}"


def dotted(node: ast.AST) -> str:
    """`a.b.c` for a name or an attribute of names, and "" for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        inner = dotted(node.value)
        return f"{inner}.{node.attr}" if inner else ""
    return ""


def imported(tree: ast.Module) -> list[tuple[ast.stmt, str]]:
    """Each import in the tree with the module it names, also those inside functions."""
    found: list[tuple[ast.stmt, str]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(node, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.append((node, node.module))
    return found
