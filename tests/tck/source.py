"""Where the test cases come from: a checkout that one names, or the pinned commit, fetched by git and kept."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

#: Of github.com/dmn-tck/tck, 1 July 2026. Git checks what it fetched against it: the id is the checksum.
COMMIT = "0dbcaf9b98bc3af4e36d44a7aed95e9e85703a13"
REPOSITORY = "https://github.com/dmn-tck/tck"
LEVELS = (2, 3)
KEPT = Path(__file__).resolve().parents[2] / "var" / "dmn-tck"
SECONDS = 300


class NoTestCases(Exception):
    """The official test cases are not here and could not be fetched."""


def official_cases(named: str | None) -> Path:
    """The folder `TestCases` from the checkout `named`, or kept from an earlier run, or fetched now.
    Raises `NoTestCases`."""
    if named:
        return _checked(Path(named).expanduser())
    kept = KEPT / COMMIT
    if not (kept / "TestCases").is_dir():
        _fetch(kept)
    return _checked(kept)


def _checked(checkout: Path) -> Path:
    for folder in (checkout / "TestCases", checkout):
        if all((folder / f"compliance-level-{level}").is_dir() for level in LEVELS):
            return folder
    raise NoTestCases(f"{checkout} holds no checkout of {REPOSITORY}: the folders TestCases/compliance-level-… miss.")


def _fetch(into: Path) -> None:
    part = into.with_name(f"{into.name}.part")
    try:
        part.mkdir(parents=True, exist_ok=True)
        _git(part, "init", "--quiet")
        _git(part, "fetch", "--quiet", "--depth", "1", REPOSITORY, COMMIT)
        _git(part, "sparse-checkout", "set", "TestCases")
        _git(part, "checkout", "--quiet", COMMIT)
    except (OSError, subprocess.SubprocessError) as error:
        raise NoTestCases(_told(error)) from error
    part.rename(into)


def _git(folder: Path, *words: str) -> None:
    subprocess.run(  # noqa: S603 # fixed words
        ["git", "-C", str(folder), *words],  # noqa: S607 # whichever git the machine has
        check=True,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        # A server that asks for a name is one that does not give the cases away.
        env={**os.environ, "GIT_TERMINAL_PROMPT": "0"},
    )


def _told(error: Exception) -> str:
    said = error.stderr.strip() if isinstance(error, subprocess.CalledProcessError) else str(error)
    return (
        f"The test cases could not be fetched from {REPOSITORY}: {said or error}\n"
        f"Where git cannot reach it, take a checkout along: make tck TCK=/path/to/tck (commit {COMMIT[:12]})."
    )
