// Two pictures of a diagram beside each other, and the list of differences that leads through them. The list says
// everything; without this script it is all there is.
import { move, zoomButtons } from "./canvas.js";

const SIGNS = { added: "+", removed: "−", changed: "≠", moved: "→" };

for (const section of document.querySelectorAll(".wm-diff")) {
  for (const place of section.querySelectorAll(".wm-besides")) place.hidden = false;
  const pictures = [...section.querySelectorAll(".wm-diagram--beside")].map((place) => new Picture(place));
  const list = section.querySelector("[data-differences]");
  if (list) new List(list, section, pictures);
}

// One of the pictures. It is drawn once it comes into sight, for a page can have many.
function Picture(place) {
  this.place = place;
  this.marks = JSON.parse(place.dataset.marks);
  let drawn;
  this.draw = () => (drawn ??= draw(this).catch((error) => fail(this, error)));
  const sight = new IntersectionObserver((seen) => {
    if (seen.some((one) => one.isIntersecting)) {
      sight.disconnect();
      this.draw();
    }
  }, { rootMargin: "400px" });
  sight.observe(place);
}

async function draw(picture) {
  const answer = await fetch(picture.place.dataset.src);
  if (!answer.ok) throw new Error(`The diagram could not be loaded (${answer.status}).`);
  const xml = await answer.text();
  picture.place.replaceChildren();
  const viewer = new BpmnNavigatedViewer({ container: picture.place });
  await viewer.importXML(xml);
  picture.canvas = viewer.get("canvas");
  picture.registry = viewer.get("elementRegistry");
  for (const [id, change] of Object.entries(picture.marks)) mark(viewer, picture, id, change);
  name(picture.place);
  picture.canvas.zoom("fit-viewport", "auto");
  if (picture.canvas.zoom() < 0.5) first(picture);
  picture.place.after(zoomButtons(picture.canvas, picture.place.closest("[data-side]").dataset.side));
  picture.place.addEventListener("keydown", (event) => move(event, picture.canvas));
  picture.place.dataset.ready = "true";
}

function mark(viewer, picture, id, change) {
  const element = picture.registry.get(id);
  if (!element) return;
  picture.canvas.addMarker(id, `wm-diff-${change}`);
  const badge = document.createElement("div");
  badge.className = `wm-mark--${change} wm-badge wm-badge--${change}`;
  badge.textContent = SIGNS[change];
  const middle = element.waypoints?.[Math.floor((element.waypoints.length - 1) / 2)];
  const position = middle ? { left: middle.x - element.x - 4, top: middle.y - element.y - 24 } : { right: 12, top: -12 };
  viewer.get("overlays").add(id, { position, html: badge });
}

function name(place) {
  const svg = place.querySelector("svg");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-labelledby", place.getAttribute("aria-labelledby"));
}

// The whole would be too small to read: where the first difference is.
function first(picture) {
  const element = Object.keys(picture.marks).map((id) => picture.registry.get(id)).find(Boolean);
  picture.canvas.zoom(0.7);
  if (element) picture.canvas.scrollToElement(element, 60);
}

function fail(picture, error) {
  const problem = picture.place.parentElement.querySelector(".wm-diagram__problem");
  picture.place.replaceChildren();
  problem.textContent = `The diagram could not be drawn. The list below says what is different. ${error.message}`;
  problem.hidden = false;
}

// A list whose lines choose an element in both pictures, and rows in both tables. One stop of the Tab key; the arrow
// keys go from one difference to the next.
function List(list, section, pictures) {
  const entries = [...list.children];
  const buttons = entries.map((entry) => button(entry));
  const hint = document.createElement("p");
  hint.className = "nhsuk-hint wm-tight";
  hint.textContent = "Choose a difference to see where it is. The arrow keys go from one to the next.";
  if (entries.some((entry) => entry.dataset.element)) list.before(hint);
  const choose = (number) => {
    buttons.forEach((one, place) => (one.tabIndex = place === number ? 0 : -1));
    entries.forEach((entry, place) => (place === number ? entry.setAttribute("aria-current", "true") : entry.removeAttribute("aria-current")));
    show(section, pictures, entries[number].dataset.element);
  };
  buttons.forEach((one, number) => {
    one.tabIndex = number ? -1 : 0;
    one.addEventListener("focus", () => choose(number));
    entries[number].addEventListener("click", () => choose(number));
  });
  list.addEventListener("keydown", (event) => {
    const number = buttons.indexOf(event.target);
    const to = { ArrowDown: number + 1, ArrowRight: number + 1, ArrowUp: number - 1, ArrowLeft: number - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (number < 0 || to === undefined) return;
    event.preventDefault();
    buttons[Math.min(Math.max(to, 0), buttons.length - 1)].focus();
  });
}

function button(entry) {
  const label = entry.querySelector(".wm-diff__name");
  const made = document.createElement("button");
  made.type = "button";
  made.className = label.className;
  made.textContent = label.textContent;
  label.replaceWith(made);
  entry.classList.add("wm-diff__entry--pick");
  return made;
}

async function show(section, pictures, id) {
  for (const one of section.querySelectorAll("[data-chosen]")) delete one.dataset.chosen;
  for (const one of section.querySelectorAll(".wm-rules-table [data-element]")) {
    if (id && one.dataset.element === id) one.dataset.chosen = "true";
  }
  section.dataset.wanted = id;
  await Promise.all(pictures.map((picture) => picture.draw()));
  if (section.dataset.wanted === id) choose(pictures, id);
}

// The element in the middle of each picture; where it is not there, the place at which the other one has it.
function choose(pictures, id) {
  const drawn = pictures.filter((picture) => picture.canvas);
  const having = drawn.filter((picture) => id && picture.registry.get(id));
  for (const picture of drawn) {
    if (picture.chosen) picture.canvas.removeMarker(picture.chosen, "wm-diff-chosen");
    picture.chosen = undefined;
  }
  for (const picture of having) {
    picture.chosen = id;
    picture.canvas.addMarker(id, "wm-diff-chosen");
    if (picture.canvas.zoom() < 0.6) picture.canvas.zoom(0.7);
    picture.canvas.scrollToElement(id, 60);
  }
  if (having.length) {
    const { x, y, width, height } = having[0].canvas.viewbox();
    drawn.filter((picture) => !having.includes(picture)).forEach((picture) => picture.canvas.viewbox({ x, y, width, height }));
  }
}
