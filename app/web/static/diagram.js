// Draws the diagram of a case and marks where it stands. The list below the picture says the same in words.
import { move, zoomButtons } from "./canvas.js";

const place = document.getElementById("diagram");
const problem = document.getElementById("diagram-problem");

function say(text) {
  problem.textContent = text;
  problem.hidden = false;
}

try {
  const answer = await fetch(place.dataset.src);
  if (!answer.ok) throw new Error(`The diagram could not be loaded (${answer.status}).`);
  const xml = await answer.text();
  place.replaceChildren();
  const viewer = new BpmnNavigatedViewer({ container: place });
  const { warnings } = await viewer.importXML(xml);
  const canvas = viewer.get("canvas");
  const registry = viewer.get("elementRegistry");
  const mark = (ids, name) => ids.filter((id) => registry.get(id)).forEach((id) => canvas.addMarker(id, name));
  mark(JSON.parse(place.dataset.done), "wm-done");
  mark(JSON.parse(place.dataset.marks), "wm-here");
  const svg = place.querySelector("svg");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-labelledby", "diagram-name");
  svg.setAttribute("aria-describedby", "diagram-text");
  fit(canvas, registry);
  place.before(zoomButtons(canvas));
  place.addEventListener("keydown", (event) => move(event, canvas));
  place.dataset.ready = "true";
  if (warnings.length) say(`Part of this diagram could not be drawn: ${warnings.map((one) => one.message).join("; ")}`);
} catch (error) {
  say(`The diagram could not be drawn. The list below says where the case stands. ${error.message}`);
}

// The whole diagram if it stays readable, else the part where the case stands.
function fit(canvas, registry) {
  canvas.zoom("fit-viewport", "auto");
  const here = JSON.parse(place.dataset.marks).map((id) => registry.get(id)).find(Boolean);
  if (canvas.zoom() < 0.6) {
    canvas.zoom(Math.max(canvas.zoom(), 0.7));
    if (here) canvas.scrollToElement(here, 60);
  }
}
