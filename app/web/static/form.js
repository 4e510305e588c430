// Progressive extras for forms: questions appear and go as one answers, and drafts save themselves.
// Conditions are worked out by the server alone; this only exchanges the parts that changed.
const form = document.querySelector("form.wm-form");

async function post(extra, accept) {
  const body = new FormData(form);
  // files go with the buttons only: they are uploaded once, when somebody says so
  for (const input of form.querySelectorAll("input[type=file]")) body.delete(input.name);
  body.set(extra, "1");
  return fetch(form.action, { method: "POST", body: new URLSearchParams(body), headers: { Accept: accept } });
}

// Take over questions that came, drop those that went; what stays keeps its focus and its text.
function exchange(here, there) {
  const old = new Map([...here.children].map((one) => [one.dataset.at, one]));
  let last = null;
  for (const fresh of [...there.children]) {
    const kept = old.get(fresh.dataset.at);
    const node = kept ?? document.importNode(fresh, true);
    if (!kept) here.insertBefore(node, last ? last.nextSibling : here.firstChild);
    else merge(kept, fresh);
    old.delete(fresh.dataset.at);
    last = here.querySelector(`:scope > [data-at="${CSS.escape(fresh.dataset.at)}"]`);
  }
  for (const gone of old.values()) gone.remove();
}

// Groups and rows of lists hold questions themselves; a list with more or fewer rows is taken over whole.
function merge(kept, fresh) {
  const parts = (item) => [...item.querySelectorAll("[data-items]")].filter((one) => one.parentElement.closest("[data-at]") === item);
  const [mine, theirs] = [parts(kept), parts(fresh)];
  if (mine.length === theirs.length && mine.length) mine.forEach((one, number) => exchange(one, theirs[number]));
  else if (mine.length !== theirs.length || kept.querySelector(":scope > .wm-shown")) kept.replaceWith(document.importNode(fresh, true));
}

if (form?.hasAttribute("data-live")) {
  form.addEventListener("change", async () => {
    try {
      const answer = await post("_refresh", "text/html");
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const theirs = page.querySelector("form.wm-form");
      if (!theirs) return;
      exchange(form.querySelector("[data-items]"), theirs.querySelector("[data-items]"));
      form.elements._hidden.value = theirs.elements._hidden.value;
    } catch {
      // no connection: the server asks for what is missing when the form is sent
    }
  });
}

if (form?.hasAttribute("data-drafts")) {
  const said = form.querySelector("[data-draft-said]");
  let changed = false;
  let timer;
  const save = async () => {
    clearTimeout(timer);
    if (!changed) return;
    changed = false;
    try {
      const answer = await post("_draft", "application/json");
      const { saved } = answer.ok ? await answer.json() : {};
      said.textContent = saved ? `Draft saved at ${saved}.` : "The draft could not be saved. Your entries are still on this page.";
    } catch {
      changed = true;
      said.textContent = "No connection: the draft is not saved yet. Your entries are still on this page.";
    }
  };
  form.addEventListener("input", () => {
    changed = true;
    clearTimeout(timer);
    timer = setTimeout(save, 8000);
  });
  form.addEventListener("submit", () => {
    changed = false;
    clearTimeout(timer);
  });
  document.addEventListener("visibilitychange", () => document.hidden && save());
}
