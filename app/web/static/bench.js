// What the three editors share: saving without loss, findings in words, and a word before unsaved work is left.
export const bench = document.getElementById("bench");
const byId = (id) => document.getElementById(id);
const [status, problem, save] = [byId("status"), byId("problem"), byId("save")];

export const state = {
  name: bench.dataset.name,
  kind: bench.dataset.kind,
  address: bench.dataset.address,
  seen: bench.dataset.seen,
  findings: [],
  choices: JSON.parse(bench.dataset.choices),
  files: JSON.parse(bench.dataset.files),
  closed: "closed" in bench.dataset,
  changed: false,
};
// set by the editor: the bytes to be saved as text, and what selects the place of a finding
let editor = { text: async () => "", select: null, shown: () => {} };
let saving = null;
let since = 0;

export function el(name, properties = {}, ...children) {
  const { dataset = {}, ...rest } = properties;
  const made = Object.assign(document.createElement(name), rest);
  Object.assign(made.dataset, dataset);
  made.append(...children.filter((one) => one !== null && one !== undefined));
  return made;
}

export const content = () => byId("content").value;

export async function load() {
  await new Promise((done, failed) => {
    const script = el("script", { src: bench.dataset.library, onload: done });
    script.onerror = () => failed(new Error("The editor itself could not be loaded."));
    document.head.append(script);
  });
}

export async function ready(found) {
  editor = found;
  editor.shown([]);
  bench.dataset.ready = "true";
  if (!state.closed) say("Nothing has been changed yet.");
  const before = state.seen;
  try {
    const told = await (await fetch(bench.dataset.lint)).json();
    // a save that came first knows more
    if (state.seen === before) state.findings = told.findings;
    showFindings();
  } catch {
    byId("found-count").textContent = "Lint could not be asked. It is asked again when you save.";
  }
}

// What cannot be opened is told, and the file itself stays within reach, below.
export function broken(error) {
  tell(`This ${bench.dataset.words} could not be opened here: ${error.message} Save the file on your computer, mend it and put it back, below.`);
  byId("place").replaceChildren();
  if (save) save.disabled = true;
  bench.dataset.ready = "broken";
}

export function changed() {
  since += 1;
  if (state.changed || state.closed) return;
  state.changed = true;
  say("Changed, not saved yet.");
}

function say(text) {
  if (status.textContent !== text) status.textContent = text;
}

function tell(text) {
  problem.textContent = text;
  problem.hidden = !text;
}

// --- saving
async function post() {
  const body = new FormData();
  body.set("_csrf", bench.querySelector("input[name=_csrf]").value);
  body.set("seen", state.seen);
  // as a file: a browser changes the line ends of what is only typed
  body.set("file", new Blob([await editor.text()]), state.name);
  return fetch(state.address, { method: "POST", body, headers: { Accept: "application/json" } });
}

// After a login that ran out and was renewed elsewhere, the page has an old mark: take the new one.
export async function freshMark() {
  const answer = await fetch(state.address, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return false;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const mark = page.querySelector("#bench input[name=_csrf]");
  if (!mark) return false;
  for (const one of document.querySelectorAll("input[name=_csrf]")) one.value = mark.value;
  return true;
}

const isJson = (answer) => (answer.headers.get("Content-Type") ?? "").startsWith("application/json");

async function send() {
  const answer = await post();
  if (isJson(answer)) return answer;
  if ((answer.status === 400 || answer.status === 401) && (await freshMark())) return post();
  return answer;
}

async function work() {
  if (!state.changed) return say("Nothing has changed since it was last saved.");
  const before = since;
  say("Saving…");
  tell("");
  try {
    const answer = await send();
    if (!isJson(answer)) throw new Error(inWords(answer.status));
    const found = await answer.json();
    if (!answer.ok) throw new Error(found.problem);
    saved(found, before);
  } catch (error) {
    say("Not saved.");
    tell(`This was not saved. ${error instanceof TypeError ? "There is no connection." : error.message} Everything is still on this page: try again, or save the file on your computer.`);
  }
}

function inWords(number) {
  if (number === 401) return "You have been logged out. Log in again in another tab, then save here.";
  if (number === 413) return "The file is too large.";
  if (number === 429) return "Too much was sent in a short time. Wait a little.";
  if (number === 404) return "This draft is not there any more, or not yours to see.";
  return `The server could not take it (${number}).`;
}

function saved(found, before) {
  state.seen = String(found.version);
  state.findings = found.findings;
  state.changed = since !== before;
  for (const one of document.querySelectorAll("#put-back input[name=seen]")) one.value = state.seen;
  if (found.copied) apart(found);
  showFindings();
  say(`Saved at ${found.at}. ${counted(found.findings)}${state.changed ? " What you changed meanwhile is not saved yet." : ""}`);
}

// Somebody else was first: both are kept, and from here on the page works on ours.
function apart(found) {
  const { who, at, theirs, theirs_title: theirsTitle, mine, mine_title: mineTitle, compare } = found.said;
  state.address = found.address;
  byId("draft-title").textContent = mineTitle;
  history.replaceState(null, "", mine);
  const note = byId("apart");
  note.replaceChildren(
    el("p", {}, el("strong", { textContent: `${who} saved this file on ${at}, after you had opened it. Both are kept.` })),
    el("p", {}, "What you saved is now in a draft of its own, which you have before you: ", el("a", { href: mine, textContent: mineTitle }),
      ". Theirs stays where it was: ", el("a", { href: theirs, textContent: theirsTitle }), ". ",
      el("a", { href: compare, textContent: "See what is different" }), "."),
  );
  note.hidden = false;
  note.focus();
  for (const one of document.querySelectorAll("#put-back")) one.action = mine;
}

// One save after the other: a second press while one is under way saves once more when it is done.
export function saveNow() {
  if (state.closed || save.disabled) return saving;
  saving = (saving ?? Promise.resolve()).then(work);
  return saving;
}

// --- findings
function counted(findings) {
  const errors = findings.filter((one) => one.severity === "error").length;
  const rest = findings.length - errors;
  const of = (number, word) => (number === 1 ? `1 ${word}` : `${number || "no"} ${word}s`);
  return findings.length ? `Lint found ${of(errors, "error")} and ${of(rest, "warning")} in this draft.` : "Lint found nothing wrong in this draft.";
}

export const findingsHere = () => state.findings.filter((one) => one.file === state.name);

function showFindings() {
  const here = findingsHere();
  const there = state.findings.filter((one) => one.file !== state.name);
  byId("found").replaceChildren(...here.map((one) => line(one)));
  byId("found-count").textContent = here.length ? "Press a finding to go to its place." : there.length ? "Nothing is wrong in this file." : "Nothing is wrong in this draft.";
  const elsewhere = byId("found-elsewhere");
  elsewhere.replaceChildren();
  if (there.length) {
    elsewhere.append(el("h3", { className: "nhsuk-heading-s wm-tight", textContent: "In other files of this draft" }), el("ul", { className: "wm-found" }, ...there.map(line)));
  }
  editor.shown(here);
}

function line(one) {
  const made = el("li", { className: `wm-found__one wm-found__one--${one.severity}` });
  made.append(el("strong", { className: "wm-found__grave", textContent: one.severity === "error" ? "Error" : "Warning" }), " ");
  const here = one.file === state.name;
  const place = here ? editor.place?.(one) : null;
  if (place && editor.select) {
    const button = el("button", { type: "button", className: "wm-link-button wm-found__go", textContent: one.message });
    button.addEventListener("click", () => editor.select(one));
    made.append(button);
  } else if (!here) {
    made.append(el("a", { href: state.address.replace(/[^/]*$/, encodeURIComponent(one.file)), textContent: one.file }), `: ${one.message}`);
  } else made.append(one.message);
  if (place) made.append(el("span", { className: "wm-found__place", textContent: ` ${place}` }));
  made.append(el("span", { className: "wm-found__advice", textContent: one.advice }));
  return made;
}

// --- the page
for (const one of document.querySelectorAll("[data-scripted]")) one.hidden = false;
save?.addEventListener("click", saveNow);
export function onKey(event) {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== "s") return;
  event.preventDefault();
  // what is being typed counts when its field is left
  const typed = document.activeElement;
  typed?.dispatchEvent(new Event("change", { bubbles: true }));
  saveNow();
}
document.addEventListener("keydown", onKey);
addEventListener("beforeunload", (event) => {
  if (state.changed) event.preventDefault();
});
