// The modeller: camunda-bpmn-js as it is, with “This step”, the list of steps, saving and findings around it.
import { broken, changed, content, el, findingsHere, load, ready, state } from "./bench.js";
import { fill, nameOf } from "./step-list.js";
import { Model } from "./step-model.js";
import { Panel } from "./step-panel.js";

const byId = (id) => document.getElementById(id);
const place = byId("place");

try {
  await load();
  place.replaceChildren();
  // what is typed counts at once: a save must not miss the last words
  const modeler = new BpmnModeler({ container: place, propertiesPanel: { parent: byId("properties") }, debounceInput: false });
  const { warnings } = await modeler.importXML(content());
  start(modeler);
  // what was not understood would be lost by saving
  if (warnings.length) throw new Error(warnings.map((one) => one.message).join("; "));
} catch (error) {
  broken(error);
}

function start(modeler) {
  const [canvas, registry, selection, overlays, bus] = ["canvas", "elementRegistry", "selection", "overlays", "eventBus"].map((one) => modeler.get(one));
  const model = new Model(modeler);
  const panel = new Panel(model, byId("step"), byId("step-name"));
  const marked = [];

  const follow = () => {
    const found = selection.get();
    if (found.length > 1) panel.several(found.length);
    else panel.show(found[0]?.labelTarget ?? found[0] ?? null);
  };

  // From the list: the picture moves to the step, and the keyboard goes on beside it.
  const select = (element) => {
    selection.select(element);
    canvas.scrollToElement(element, { top: 80, bottom: 120, left: 140, right: 160 });
    follow();
    byId("step-name").focus();
    byId("step-name").scrollIntoView({ block: "center", behavior: "instant" });
  };

  const list = () => fill(byId("twin").tBodies[0], model, registry, select);
  const elementOf = (id) => (id ? (registry.get(id) ?? registry.find((one) => model.of(one)?.id === id && !one.labelTarget)) : null);

  const mark = () => {
    overlays.remove({ type: "finding" });
    for (const [id, name] of marked.splice(0)) if (registry.get(id)) canvas.removeMarker(id, name);
    const byElement = new Map();
    for (const one of findingsHere()) byElement.set(elementOf(one.element), [...(byElement.get(elementOf(one.element)) ?? []), one]);
    byElement.delete(null);
    byElement.delete(undefined);
    for (const [element, found] of byElement) {
      const grave = found.some((one) => one.severity === "error") ? "error" : "warning";
      if (element !== canvas.getRootElement()) overlays.add(element.id, "finding", { position: { top: -10, right: 10 }, html: badge(found.length, grave) });
      canvas.addMarker(element.id, `wm-${grave}`);
      marked.push([element.id, `wm-${grave}`]);
    }
    list();
    follow();
  };

  let drawing = 0;
  bus.on("selection.changed", follow);
  bus.on("commandStack.changed", () => {
    changed();
    cancelAnimationFrame(drawing);
    drawing = requestAnimationFrame(() => {
      list();
      follow();
    });
  });
  ready({
    text: async () => (await modeler.saveXML({ format: true })).xml,
    place: (one) => {
      const element = elementOf(one.element);
      return element ? `at “${nameOf(element, model)}”` : one.element ? `at ${one.element}` : "";
    },
    select: (one) => elementOf(one.element) && select(elementOf(one.element)),
    shown: mark,
  });
  view(canvas);
  name(place);
}

function badge(number, grave) {
  const made = el("span", { className: `wm-badge wm-badge--${grave}`, textContent: String(number) });
  made.setAttribute("aria-hidden", "true");
  return made;
}

// The whole diagram if it stays readable, else its beginning; clear of the palette, which lies over the left edge.
function view(canvas) {
  canvas.zoom("fit-viewport", "auto");
  const { inner, outer } = canvas.viewbox();
  const clear = Math.min(110, outer.width / 4);
  const fits = Math.min((outer.width - clear - 30) / inner.width, (outer.height - 60) / inner.height);
  const scale = Math.min(1, Math.max(fits, 0.7));
  const [width, height] = [outer.width / scale, outer.height / scale];
  const y = inner.height <= height ? inner.y - (height - inner.height) / 2 : inner.y - 20;
  canvas.viewbox({ x: inner.x - clear / scale, y, width, height });
}

function name(container) {
  const svg = container.querySelector("svg");
  svg.setAttribute("aria-label", `Picture of the diagram; the list below says the same${state.closed ? "" : " and selects steps"}`);
}
