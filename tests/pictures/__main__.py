"""`make pictures`."""

from __future__ import annotations

import sys

from playwright.sync_api import Page, sync_playwright

from app.definitions import bpmn
from app.web.assets import BPMN, PACKAGES
from tests.browser.conftest import FLAGS, chromium
from tests.pictures import FOLDER, ROOT, diagrams, picture, stale

LIBRARY = PACKAGES / BPMN / "camunda-platform-navigated-viewer.production.min.js"
#: only what the library itself says of a diagram: a picture with something left out is none
DRAW = """async (xml) => {
  const viewer = new BpmnNavigatedViewer({ container: "#place" });
  const { warnings } = await viewer.importXML(xml);
  if (warnings.length) throw new Error(warnings.map((one) => one.message).join("; "));
  const { svg } = await viewer.saveSVG();
  viewer.destroy();
  return svg;
}"""


def main(again: bool) -> None:
    """Draw what is stale, or all, and put away what shows no diagram."""
    known, wanted = diagrams(), dict(stale())
    for name in wanted.keys() - known.keys():
        (ROOT / FOLDER / f"{name}.svg").unlink()
        sys.stdout.write(f"{name}: put away, there is no such diagram\n")
    todo = [name for name in known if again or name in wanted]
    if not todo:
        return
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = browser.new_page()
        page.set_content('<div id="place" style="width: 2000px; height: 1500px"></div>')
        page.add_script_tag(path=LIBRARY)
        for name in todo:
            draw(page, name)
            sys.stdout.write(f"{FOLDER}/{name}.svg\n")
        browser.close()


def draw(page: Page, name: str) -> None:
    path = diagrams()[name]
    data = path.read_bytes()
    svg = page.evaluate(DRAW, data.decode())
    title = next((one.name for one in bpmn.read(data, path.name).processes), name)
    (ROOT / FOLDER / f"{name}.svg").write_text(picture(svg, path, title), encoding="utf-8")


main(again="--again" in sys.argv[1:])
