"""Makes the virtual environment that the Makefile works in. Standard library only: it runs before anything is there.

python3 bootstrap.py .venv
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

OLDEST = (3, 11)
NO_VENV = (
    "This Python cannot make virtual environments. On Debian or Ubuntu: apt install python3-venv. "
    "Or name another Python: make PYTHON=/path/to/python3 …, or put uv (https://docs.astral.sh/uv/) on the PATH."
)
NO_PACKAGES = "The packages could not be installed; the lines above say why. Is the network there? Then try again."


def main(folder: Path) -> int:
    if sys.version_info < OLDEST:
        return _stop(f"Waymark needs Python {OLDEST[0]}.{OLDEST[1]} or later, this is {sys.version.split()[0]}.")
    uv = _uv(folder)
    if uv is None:
        return _stop(NO_VENV)
    # --inexact keeps uv itself, which is no dependency of ours, in the environment.
    if _fails([uv, "sync", "--frozen", "--inexact", "--quiet", "--python", str(_python(folder))]):
        return _stop(NO_PACKAGES)
    return 0


def _uv(folder: Path) -> str | None:
    """Path of uv: in the environment, which is made if it is not there or its Python is gone; else the machine's."""
    python, own = _python(folder), folder / "bin" / "uv"
    if own.is_file() and not _fails([str(python), "-c", ""], quiet=True):
        return str(own.absolute())
    machines = shutil.which("uv")
    if machines:
        made = not _fails([machines, "venv", "--clear", "--quiet", "--python", sys.executable, str(folder)])
        return machines if made else None
    print("Making .venv and installing uv …", file=sys.stderr)  # noqa: T201 -- tells the person at the terminal
    if _fails([sys.executable, "-m", "venv", "--clear", str(folder)]):
        return None
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "uv"]
    return None if _fails(pip) else str(own.absolute())


def _python(folder: Path) -> Path:
    return folder / "bin" / "python"


def _fails(command: list[str], *, quiet: bool = False) -> bool:
    out = subprocess.DEVNULL if quiet else None
    try:
        return subprocess.run(command, check=False, stdout=out, stderr=out).returncode != 0  # noqa: S603 -- own words
    except OSError:
        return True


def _stop(sentence: str) -> int:
    print(sentence, file=sys.stderr)  # noqa: T201 -- tells the person at the terminal
    return 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
