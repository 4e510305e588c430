// Replays a case: colours the diagram step by step. Steps, links and the table below are there without this file.
import { zoomButtons } from "./canvas.js";

const root = document.getElementById("replay");
const film = JSON.parse(root.dataset.film);
const place = document.getElementById("diagram");
const problem = document.getElementById("diagram-problem");
const byId = (id) => document.getElementById(`replay-${id}`);
const HUES = ["here", "open", "done", "cancelled", "failed", "set", "paused", "withheld"];
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const drawings = new Map();
let at = film.at;
let chosen = film.follows ? "" : film.process;
let shown = "";
let viewer = null;
let playing = 0;

const frame = () => film.frames[at];
const process = () => (chosen && film.names[frame().version][chosen] ? chosen : frame().process);
const row = () => document.getElementById(`entry-${frame().seq}`);

function addressOf(seq, of) {
  return `${root.dataset.page}?step=${seq}${of ? `&process=${encodeURIComponent(of)}` : ""}`;
}

// How every element of the diagram looks after this step: what the first frame shows, and all changes since.
function looks(of) {
  const found = { ...film.base[of] };
  for (const one of film.frames.slice(0, at + 1)) Object.assign(found, one.changes[of]);
  return found;
}

function counts(look, type) {
  if (look.of > 1) return `${look.of - look.tokens} of ${look.of} done`;
  if (look.tokens > 1) return `${look.tokens} at once`;
  return look.done > 1 && !type.endsWith("Gateway") ? `${look.done} times` : "";
}

async function xmlOf(version, of) {
  const key = `${version}/${of}`;
  if (!drawings.has(key)) {
    const answer = await fetch(`${root.dataset.diagrams.replace("PROCESS", encodeURIComponent(of))}?version=${version}`);
    if (!answer.ok) throw new Error(`The diagram could not be loaded (${answer.status}).`);
    drawings.set(key, await answer.text());
  }
  return drawings.get(key);
}

async function open(version, of) {
  const xml = await xmlOf(version, of);
  if (!viewer) {
    place.replaceChildren();
    viewer = new BpmnNavigatedViewer({ container: place });
    place.after(zoomButtons(viewer.get("canvas")));
  }
  await viewer.importXML(xml);
  const svg = place.querySelector("svg");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-labelledby", "diagram-name");
  svg.setAttribute("aria-describedby", "replay-text");
  const canvas = viewer.get("canvas");
  canvas.zoom("fit-viewport", "auto");
  if (canvas.zoom() < 0.5) canvas.zoom(0.6);
  shown = `${version}/${of}`;
}

function colour(of) {
  const canvas = viewer.get("canvas");
  const registry = viewer.get("elementRegistry");
  const overlays = viewer.get("overlays");
  const found = looks(of);
  overlays.clear();
  registry.forEach((one) => HUES.forEach((hue) => canvas.removeMarker(one.id, `wm-f-${hue}`)));
  for (const [id, look] of Object.entries(found)) {
    if (!registry.get(id)) continue;
    const hue = look.withheld ? "withheld" : look.hue;
    if (hue) canvas.addMarker(id, `wm-f-${hue}`);
    const text = counts(look, registry.get(id).type);
    if (text) {
      const badge = document.createElement("span");
      badge.className = "wm-count";
      badge.textContent = text;
      overlays.add(id, { position: { top: -12, left: 0 }, html: badge });
    }
  }
  const drawnHere = Object.keys(found).filter((id) => registry.get(id));
  const waits = (id) => ["here", "failed"].includes(found[id].hue);
  const here = drawnHere.find(waits) ?? drawnHere.find((id) => found[id].withheld || found[id].hue === "open");
  if (here && canvas.zoom() <= 0.6) canvas.scrollToElement(here, 60);
}

async function draw() {
  if (typeof BpmnNavigatedViewer === "undefined") return;
  const [version, of] = [frame().version, process()];
  try {
    if (shown !== `${version}/${of}`) await open(version, of);
    colour(of);
    problem.hidden = true;
    place.dataset.ready = `${frame().seq}`;
  } catch (error) {
    problem.textContent = `The diagram could not be drawn. The words below say where the case stood. ${error.message}`;
    problem.hidden = false;
  }
}

// Steps one after the other, even if a key is held down.
let drawn = Promise.resolve();
function show() {
  write();
  drawn = drawn.then(draw);
  return drawn;
}

function write() {
  const now = frame();
  byId("at").textContent = film.first + at + 1;
  byId("range").value = at;
  byId("range").setAttribute("aria-valuetext", `Step ${film.first + at + 1} of ${film.total}`);
  byId("process").textContent = film.names[now.version][process()] || process();
  byId("version").textContent = now.version;
  list(byId("standing"), now.standing.length ? now.standing : [now.status === "running" ? "At nothing that waits." : "Nowhere: the case had ended."]);
  stack(now);
  panel();
  link("first", at + film.first > 0 ? addressOf(1) : "");
  link("back", at + film.first > 0 ? addressOf(now.seq - 1) : "");
  const last = at === film.frames.length - 1;
  link("on", last ? (film.later ? addressOf(film.later) : "") : addressOf(film.frames[at + 1].seq));
  link("last", last && !film.later ? "" : root.dataset.page);
  document.querySelectorAll(".wm-steps tr[aria-current]").forEach((one) => one.removeAttribute("aria-current"));
  row().setAttribute("aria-current", "step");
  byId("follow").hidden = !chosen;
  byId("follow-link").href = addressOf(now.seq);
  diagrams(now);
}

function list(holder, texts) {
  holder.replaceChildren(...texts.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
}

function link(name, to) {
  const found = byId(name);
  if (to) {
    found.href = to;
    found.removeAttribute("role");
    found.removeAttribute("aria-disabled");
    found.removeAttribute("tabindex");
  } else {
    // whoever just used it keeps the focus there, and the keys go on working
    if (found === document.activeElement) found.setAttribute("tabindex", "0");
    found.removeAttribute("href");
    found.setAttribute("role", "link");
    found.setAttribute("aria-disabled", "true");
  }
}

function stack(now) {
  byId("stack").replaceChildren(...now.calls.map(([, of, name, by, times]) => {
    const item = document.createElement("li");
    item.className = "wm-stack__one";
    const to = Object.assign(document.createElement("a"), { href: addressOf(now.seq, of), textContent: name });
    if (of === process()) to.setAttribute("aria-current", "true");
    to.dataset.process = of;
    item.append(to);
    if (by) {
      const words = document.createElement("span");
      words.className = "wm-stack__by";
      words.textContent = ` opened by “${by}”${times > 1 ? `, ${times} times at once` : ""}`;
      item.append(words);
    }
    return item;
  }));
}

function diagrams(now) {
  document.querySelectorAll("#replay-diagrams li").forEach((item) => {
    const [to, file] = item.querySelectorAll("a");
    const of = file.getAttribute("download").replace(/\.bpmn$/, "");
    item.hidden = !film.names[now.version][of];
    to.href = addressOf(now.seq, of);
    to.dataset.process = of;
    file.href = `${root.dataset.diagrams.replace("PROCESS", encodeURIComponent(of))}?version=${now.version}`;
    if (of === process()) to.setAttribute("aria-current", "true");
    else to.removeAttribute("aria-current");
  });
}

// The table's row says what happened: the panel beside the diagram takes its cells.
function panel() {
  const cells = [...row().querySelectorAll("td")].slice(0, 5);
  byId("now").replaceChildren(...cells.flatMap((cell) => {
    const term = Object.assign(document.createElement("dt"), { textContent: cell.dataset.label });
    const said = document.createElement("dd");
    said.append(...[...cell.childNodes].map((one) => one.cloneNode(true)));
    return [term, said];
  }));
}

// Seen always; read out when somebody goes to a step, not while it plays.
function say() {
  byId("said").setAttribute("aria-live", playing ? "off" : "polite");
  byId("said").textContent = `${playing ? "" : `Step ${film.first + at + 1}. `}${row().dataset.said}`;
}

function go(to) {
  if (to < 0) return film.earlier ? location.assign(addressOf(film.earlier)) : undefined;
  if (to >= film.frames.length) return film.later ? location.assign(addressOf(film.later)) : stop();
  at = to;
  history.replaceState(null, "", addressOf(frame().seq, chosen));
  say();
  return show();
}

function stop() {
  clearTimeout(playing);
  playing = 0;
  byId("play").textContent = "Play";
  byId("play").setAttribute("aria-pressed", "false");
}

function play() {
  if (playing) {
    stop();
    say();
    return;
  }
  if (at === film.frames.length - 1 && !film.later) go(0);
  byId("play").textContent = "Stop";
  byId("play").setAttribute("aria-pressed", "true");
  tick();
}

function tick() {
  playing = setTimeout(async () => {
    if (at === film.frames.length - 1) {
      stop();
      say();
      return;
    }
    await go(at + 1);
    if (playing) tick();
  }, Number(byId("speed").value));
}

const KEYS = {
  ArrowLeft: () => go(at - 1),
  ArrowRight: () => go(at + 1),
  Home: () => (film.first ? location.assign(addressOf(1)) : go(0)),
  End: () => (film.later ? location.assign(root.dataset.page) : go(film.frames.length - 1)),
  " ": play,
};

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const act = KEYS[event.key];
  const inUse = event.target.closest("select, summary, textarea") || (event.key === " " && event.target.closest("a, button"));
  if (!act || inUse) return;
  event.preventDefault();
  if (event.key !== " ") stop();
  act();
}

function choose(event) {
  const to = event.target.closest("a[data-process]");
  if (!to || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  chosen = to.dataset.process;
  const again = `a[data-process="${CSS.escape(chosen)}"]`;
  const holder = to.closest("ol, ul");
  go(at);
  holder.querySelector(again)?.focus();
  byId("said").textContent = `${film.names[frame().version][chosen]}.`;
}

byId("follow-link").addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  chosen = "";
  go(at);
  byId("range").focus();
});
for (const id of ["play", "slide", "keys"]) byId(id).hidden = false;
for (const [name, act] of Object.entries({ first: KEYS.Home, back: KEYS.ArrowLeft, on: KEYS.ArrowRight, last: KEYS.End })) {
  byId(name).addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    stop();
    if (byId(name).getAttribute("aria-disabled") !== "true") act();
  });
}
byId("play").addEventListener("click", play);
byId("range").addEventListener("input", () => {
  stop();
  go(Number(byId("range").value));
});
root.addEventListener("keydown", pressed);
root.addEventListener("click", choose);
document.querySelector(".wm-steps").addEventListener("click", (event) => {
  const to = event.target.closest("th a");
  if (!to || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  stop();
  go(film.frames.findIndex((one) => `entry-${one.seq}` === to.closest("tr").id));
  root.scrollIntoView({ behavior: calm.matches ? "auto" : "smooth" });
  byId("range").focus({ preventScroll: true });
});
show();
