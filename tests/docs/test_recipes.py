"""The recipes in docs/how-to do what they say, and need no edit of any file that is there already."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from docs.blocks import ROOT, commands, files

RECIPES = {
    # page -> the one folder or file that it may add
    "add-a-clause": "packs/lantern-bay/clauses/31-own-devices/",
    "add-an-act": "packs/ar4040/acts/lend_device.toml",
    "add-a-log-source": "src/clausewise/sources/unbound/",
    "add-a-labeler": "src/clausewise/labels/lists/paste_sites.txt",
    "add-an-overlay": "packs/marsh-creek/",
}
LEFT = shutil.ignore_patterns(
    ".venv",
    ".git",
    ".clausewise",
    ".check",
    ".hypothesis",
    ".*_cache",
    "__pycache__",
    "*.pyc",
    "findings.html",
)
PROGRAMS = {
    "python": [sys.executable, "-B"],
    "clausewise": [sys.executable, "-B", "-m", "clausewise"],
}


def git(checkout: Path, *words: str) -> str:
    """What git says in the checkout, with nobody's settings."""
    nobody = ["-c", "user.name=a", "-c", "user.email=a@redbud.example", "-c", "core.hooksPath=/dev/null"]
    done = subprocess.run(
        ["git", *nobody, *words], cwd=checkout, check=True, capture_output=True, text=True, timeout=120
    )
    return done.stdout


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout of this repository as it stands, committed."""
    if shutil.which("git") is None:
        pytest.skip("git is not here")
    checkout = tmp_path_factory.mktemp("recipes") / "checkout"
    shutil.copytree(ROOT, checkout, ignore=LEFT, symlinks=True)
    git(checkout, "init", "-q")
    git(checkout, "add", "-A")
    git(checkout, "commit", "-q", "-m", "as it stands")
    return checkout


@pytest.fixture
def checkout(pristine: Path) -> Path:
    """The same checkout for each recipe, without what the one before it added."""
    git(pristine, "clean", "-fdq")
    assert git(pristine, "status", "--porcelain") == ""
    return pristine


def typed(checkout: Path, command: str, home: Path) -> subprocess.CompletedProcess[str]:
    """Run a command of the page in the checkout, as a reader would from its top."""
    program, *words = shlex.split(command)
    surroundings = {**os.environ, "PYTHONPATH": str(checkout / "src"), "CLAUSEWISE_HOME": str(home)}
    surroundings.pop("CLAUSEWISE_PACKS", None)
    whole = [*PROGRAMS[program], *words]
    if words[:2] == ["-m", "pytest"]:
        whole += ["-p", "no:cacheprovider", "-x"]
    return subprocess.run(
        whole,
        cwd=checkout,
        env=surroundings,
        capture_output=True,
        text=True,
        timeout=300,
        stdin=subprocess.DEVNULL,
    )


@pytest.mark.slow
@pytest.mark.parametrize("recipe", RECIPES)
def test_a_recipe_works_and_edits_nothing(recipe: str, checkout: Path, tmp_path: Path) -> None:
    page = ROOT / "docs" / "how-to" / f"{recipe}.md"
    made = files(page)
    assert made, "the recipe makes no file"
    for name, text in made.items():
        path = checkout / name
        assert not path.exists(), f"{name} is there already"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for command in commands(page):
        done = typed(checkout, command, tmp_path / "home")
        assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
    changed = git(checkout, "status", "--porcelain").splitlines()
    assert changed == [f"?? {RECIPES[recipe]}"], "a recipe adds one folder or file and edits nothing"


def test_every_recipe_is_run() -> None:
    pages = {page.stem for page in (ROOT / "docs" / "how-to").glob("add-a*.md")}
    assert pages == set(RECIPES)
