// The form editor: form-js as it is, with our saving and findings around it, and the page that staff will see.
import { broken, changed, content, freshMark, load, onKey, ready } from "./bench.js";

const byId = (id) => document.getElementById(id);
const place = byId("place");
let editor;
const schema = () => JSON.stringify(editor.saveSchema(), null, 2) + "\n";

try {
  await load();
  place.replaceChildren();
  // what is typed counts at once: a save must not miss the last words
  editor = new FormEditor.FormEditor({ container: place, debounce: false });
  const { warnings } = await editor.importSchema(JSON.parse(content()));
  editor.on("commandStack.changed", changed);
  ready({ text: async () => schema(), place: placeOf, select, shown: () => {} });
  if (warnings.length) throw new Error(warnings.map((one) => one.message).join("; "));
} catch (error) {
  broken(error);
}

// Findings name a field by its path, keys with dots between them; what has no key by its id.
function fieldOf(path) {
  const fields = Object.values(editor.get("formFieldRegistry").getAll?.() ?? {});
  const paths = (one) => {
    const above = one._parent && editor.get("formFieldRegistry").get(one._parent);
    const own = one.key ?? one.path ?? "";
    const before = above && above.type !== "default" ? paths(above) : "";
    return [before, own].filter(Boolean).join(".");
  };
  return fields.find((one) => one.id === path) ?? fields.find((one) => paths(one) === path);
}

function placeOf(finding) {
  const field = finding.element && fieldOf(finding.element);
  return field ? `in “${field.label || field.text?.split("\n")[0] || field.key || field.id}”` : finding.element ? `at ${finding.element}` : "";
}

function select(finding) {
  const field = fieldOf(finding.element);
  if (!field) return;
  editor.get("selection").set(field);
  const drawn = place.querySelector(`[data-id="${CSS.escape(field.id)}"]`);
  drawn?.scrollIntoView({ block: "center", behavior: "instant" });
  place.scrollIntoView({ block: "nearest", behavior: "instant" });
  (place.querySelector(".fjs-properties-container input, .fjs-properties-container textarea") ?? drawn)?.focus();
}

// --- as staff see it: the server draws the page of the inbox, a frame of the width of a telephone shows it
const [seen, frame] = [byId("seen"), byId("seen-page")];

async function draw(body) {
  body.set("_schema", schema());
  const ask = () => {
    body.set("_csrf", document.querySelector("#bench input[name=_csrf]").value);
    return fetch(seen.dataset.preview, { method: "POST", body: new URLSearchParams(body), headers: { Accept: "text/html" } });
  };
  let answer = await ask();
  if (answer.status === 400 && (await freshMark())) answer = await ask();
  frame.srcdoc = await answer.text();
  await new Promise((done) => frame.addEventListener("load", done, { once: true }));
  const page = frame.contentDocument;
  page.addEventListener("submit", (event) => {
    event.preventDefault();
    if (event.target.matches("form.wm-form")) draw(new FormData(event.target, event.submitter));
  });
  page.addEventListener("keydown", onKey);
  // a link of the page would lead the frame away from it
  page.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (link && !link.getAttribute("href").startsWith("#")) event.preventDefault();
  });
  fit();
}

function fit() {
  const width = document.querySelector("input[name=width]:checked").value;
  frame.style.setProperty("width", `${width}px`);
}

byId("look")?.addEventListener("click", async () => {
  seen.hidden = false;
  await draw(new FormData());
  seen.scrollIntoView({ block: "start", behavior: "instant" });
  byId("seen-name").focus();
});
byId("again")?.addEventListener("click", () => draw(new FormData()));
for (const one of document.querySelectorAll("input[name=width]")) one.addEventListener("change", fit);
byId("own-tab")?.addEventListener("submit", (event) => {
  event.target.elements._schema.value = schema();
});
