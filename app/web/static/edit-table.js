// The decision table editor: dmn-js as it is, with our saving and findings around it.
import { bench, broken, changed, content, el, findingsHere, load, ready } from "./bench.js";

const place = document.getElementById("place");
const views = document.getElementById("views");
const KINDS = { drd: "How the decisions hang together", decisionTable: "Table", literalExpression: "Expression", boxedExpression: "Expression" };

try {
  await load();
  place.replaceChildren();
  // what is typed counts at once: a save must not miss the last words
  const dmn = new DmnJS({ container: place, height: "100%", common: { debounceInput: false } });
  dmn.on("viewer.created", ({ viewer }) => viewer.on("elements.changed", () => bench.dataset.ready && changed()));
  dmn.on("views.changed", () => showViews(dmn));
  const { warnings } = await dmn.importXML(content(), { open: false });
  const first = firstOf(dmn.getViews());
  if (first) warnings.push(...(await dmn.open(first)).warnings);
  showViews(dmn);
  ready({
    text: async () => (await dmn.saveXML({ format: true })).xml,
    place: (one) => placeOf(dmn, one),
    select: (one) => select(dmn, one),
    shown: mark,
  });
  // rows that come, go or are drawn anew
  new MutationObserver(() => mark(findingsHere())).observe(place, { childList: true, subtree: true });
  if (warnings.length) throw new Error(warnings.map((one) => one.message).join("; "));
} catch (error) {
  broken(error);
}

// One decision needs no picture of how decisions hang together.
function firstOf(all) {
  const decisions = all.filter((view) => view.type !== "drd");
  return decisions.length === 1 ? decisions[0] : all[0];
}

function nameOf(view) {
  return view.type === "drd" ? KINDS.drd : `${KINDS[view.type] ?? view.type}: ${view.name || view.element.id}`;
}

function showViews(dmn) {
  const active = dmn.getActiveView();
  views.replaceChildren(
    ...dmn.getViews().map((view) => {
      const button = el("button", { type: "button", className: "wm-plain-button", textContent: nameOf(view) });
      button.setAttribute("aria-pressed", String(view === active));
      button.addEventListener("click", async () => {
        await dmn.open(view);
        views.querySelector("[aria-pressed=true]")?.focus();
        mark(findingsHere());
      });
      return button;
    }),
  );
}

// The view of a decision: its own, or the one that holds the element.
function viewOf(dmn, id) {
  const holds = (part) => part?.id === id || Object.entries(part ?? {}).some(([name, child]) => name !== "$parent" && [child].flat().some((one) => one?.$type && holds(one)));
  const found = dmn.getViews().filter((view) => view.type !== "drd");
  return found.find((view) => view.element.id === id) ?? found.find((view) => holds(view.element));
}

function placeOf(dmn, one) {
  const view = one.element && viewOf(dmn, one.element);
  return view ? `in ${nameOf(view)}` : one.element ? `at ${one.element}` : "";
}

async function select(dmn, one) {
  const view = viewOf(dmn, one.element);
  if (view && view !== dmn.getActiveView()) await dmn.open(view);
  mark(findingsHere());
  const target = cells(one.element)[0] ?? place;
  target.scrollIntoView({ block: "center", behavior: "instant" });
  // the library's own input of the cell takes the focus when the cell comes to be selected
  const viewer = dmn.getActiveViewer();
  const [registry, selection] = ["elementRegistry", "selection"].map((name) => viewer.get(name, false));
  const element = registry?.get(one.element);
  if (!element || !selection) return;
  selection.deselect();
  document.activeElement?.blur();
  await new Promise(requestAnimationFrame);
  selection.select(element);
}

function cells(id) {
  const named = id ? CSS.escape(id) : "";
  return id ? [...place.querySelectorAll(["element", "row", "col"].map((part) => `[data-${part}-id="${named}"]`).join())] : [];
}

// As attributes: the library writes the classes of its cells anew with each change.
function mark(findings) {
  for (const one of place.querySelectorAll("[data-finding]")) delete one.dataset.finding;
  const warned = findings.filter((one) => one.severity !== "error");
  for (const { element, severity } of [...warned, ...findings.filter((one) => one.severity === "error")]) {
    for (const cell of cells(element)) cell.dataset.finding = severity;
  }
}
