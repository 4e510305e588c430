// “This step”: native controls beside the picture, which follow what is selected and write through the modeller.
import { el, state } from "./bench.js";
import { deadline, kindOf, labels, wayOf, WAYS, written } from "./step-words.js";

const ROLE_BY_EXPRESSION = "expression";
const CLASSES = { "": "Everybody in the case", restricted: "The occupational health team and the employee", clinical: "The practitioner of the case and the employee" };
const CLOCKS = { "": "A clock like any other", remind: "A reminder", warn: "A warning that it is soon due", escalate: "It is late: somebody else is told" };
const SIGHTS = { date: "One moment", duration: "A length of time", cycle: "Again and again" };

for (const one of state.choices.deadlines ?? []) labels.set(one.value, one.label);

let serial = 0;

// A control with its label and hint; `input` gets the id that both name.
function field(label, input, hint = "") {
  const id = `step-${(serial += 1)}`;
  input.id = id;
  input.dataset.field = label;
  input.disabled ||= state.closed;
  const parts = [el("label", { className: "wm-step__label", htmlFor: id, textContent: label })];
  if (hint) {
    parts.push(el("span", { className: "wm-step__hint", id: `${id}-hint`, textContent: hint }));
    input.setAttribute("aria-describedby", `${id}-hint`);
  }
  return el("div", { className: "wm-step__field", dataset: { key: label } }, ...parts, input);
}

function text(label, value, write, { hint = "", rows = 0, list = "" } = {}) {
  const input = rows ? el("textarea", { className: "wm-step__input", rows, value }) : el("input", { className: "wm-step__input", type: "text", value });
  input.autocomplete = "off";
  if (list) input.setAttribute("list", list);
  let before = value.trim();
  // a browser tells of it once more when the input goes with the step that is drawn anew
  input.addEventListener("change", () => {
    const typed = input.value.trim();
    if (typed === before) return;
    before = typed;
    write(typed);
  });
  return field(label, input, hint);
}

function select(label, value, options, write, { hint = "", none = "None" } = {}) {
  const known = options.some((one) => one.value === value);
  const all = [...(none === null ? [] : [{ value: "", label: none }]), ...options, ...(value && !known ? [{ value, label: `${value} (not known here)` }] : [])];
  const input = el("select", { className: "wm-step__input" }, ...all.map((one) => el("option", { value: one.value, textContent: one.label, selected: one.value === value })));
  input.addEventListener("change", () => write(input.value));
  return field(label, input, hint);
}

const isExpression = (words) => /^(\$\{|=)/.test(words);
const pairs = (words) => Object.entries(words).filter(([value]) => value).map(([value, label]) => ({ value, label }));
const labelled = (offered) => offered.map((one) => ({ value: one.value, label: one.label === one.value ? one.value : `${one.label} (${one.value})` }));

// Exchange everything around one field; the field itself takes over a choice that was made elsewhere, and its link.
function keep(place, held, parts, at) {
  for (const one of [...place.children]) if (one !== held) one.remove();
  held.before(...parts.slice(0, at));
  held.after(...parts.slice(at + 1));
  const [old, fresh] = [held, parts[at]].map((one) => one.querySelector("[data-field]"));
  if (old.localName === "select" && old.value !== fresh.value) old.value = fresh.value;
  for (const link of held.querySelectorAll(".wm-step__open")) link.remove();
  held.append(...parts[at].querySelectorAll(".wm-step__open"));
}

export class Panel {
  constructor(model, place, heading) {
    Object.assign(this, { model, place, heading, element: null });
    // ids of elements whose deadline somebody wants to see as an expression
    this.spelled = new Set();
  }

  // Show this element. When it is drawn anew, the field that has the focus stays: somebody is typing in it.
  show(element) {
    const same = element !== null && element === this.element;
    const held = same ? [...this.place.children].find((one) => one.contains(document.activeElement)) : null;
    const focused = held && document.activeElement.dataset.field;
    this.element = element;
    const parts = element ? this.parts(element) : [el("p", { className: "wm-step__hint", textContent: "Select a step in the picture or in the list below." })];
    const at = held?.dataset.key ? parts.findIndex((one) => one.dataset.key === held.dataset.key) : -1;
    if (at < 0) {
      this.place.replaceChildren(...parts);
      if (focused) [...this.place.querySelectorAll("[data-field]")].find((one) => one.dataset.field === focused)?.focus();
    } else keep(this.place, held, parts, at);
    this.heading.textContent = element ? `This ${this.model.is(element, "Participant", "Process", "Collaboration") ? "process" : this.model.is(element, "SequenceFlow") ? "arrow" : "step"}` : "This step";
  }

  several(number) {
    this.element = null;
    this.place.replaceChildren(el("p", { textContent: `${number} steps are selected. Select one to change it here.` }));
  }

  parts(element) {
    const { model } = this;
    const object = model.of(element);
    const found = state.findings.filter((one) => one.file === state.name && one.element === object.id);
    return [
      el("p", { className: "wm-step__kind" }, kindOf(element.businessObject), " ", el("code", { textContent: object.id })),
      found.length ? el("ul", { className: "wm-found" }, ...found.map((one) => el("li", { className: `wm-found__one wm-found__one--${one.severity}` }, one.message, el("span", { className: "wm-found__advice", textContent: one.advice })))) : null,
      ...this.fields(element),
    ].filter(Boolean);
  }

  fields(element) {
    const { model } = this;
    if (model.is(element, "Collaboration", "TextAnnotation", "Association", "Group", "MessageFlow", "DataObjectReference")) return [];
    const parts = [text("Name", model.attribute(element, "name"), (value) => model.set(element, { name: value || undefined }), { rows: 2 })];
    if (model.is(element, "Lane")) return parts;
    if (model.is(element, "SequenceFlow")) return [...parts, ...this.flow(element)];
    parts.push(...this.own(element));
    if (!model.is(element, "Participant", "Process")) parts.push(...this.common(element));
    else parts.push(this.rules(element));
    return parts;
  }

  // What only this kind of step has.
  own(element) {
    const { model } = this;
    if (model.is(element, "UserTask")) return this.userTask(element);
    if (model.is(element, "BusinessRuleTask")) return this.decision(element);
    if (model.is(element, "CallActivity")) return this.call(element);
    if (model.is(element, "ServiceTask")) return this.notice(element);
    if (model.is(element, "Participant", "Process")) return [this.documentation(element, "What it is for")];
    const parts = [];
    if (model.is(element, "StartEvent") && !model.timer(element)) parts.push(this.form(element));
    if (model.messageHolder(element)) parts.push(this.message(element));
    const timer = model.timer(element);
    if (timer) parts.push(...this.deadline(element, "When", () => model.timer(element), (value) => model.setTimer(element, value), true));
    if (timer) parts.push(select("What pages call it", model.property(element, "deadline"), pairs(CLOCKS), (value) => model.setProperty(element, "deadline", value), { none: CLOCKS[""] }));
    return parts;
  }

  userTask(element) {
    const { model } = this;
    return [
      this.documentation(element, "Why am I asked?", "Whoever gets the task reads this above the form."),
      ...this.role(element),
      this.form(element),
      ...this.deadline(element, "Until when", () => ({ kind: "date", text: model.attribute(element, "camunda:dueDate") }), ({ text: value }) => model.set(element, { "camunda:dueDate": value || undefined }), false),
    ];
  }

  role(element) {
    const { model } = this;
    const value = model.attribute(element, "camunda:candidateGroups");
    const offered = state.choices.roles ?? [];
    // a lane gives its tasks a role when its id is one
    const lane = offered.find((one) => one.value === model.lane(element)?.id);
    const expression = isExpression(value);
    const options = [...labelled(offered), { value: ROLE_BY_EXPRESSION, label: "Worked out by the case" }];
    const write = (chosen) => {
      if (chosen !== ROLE_BY_EXPRESSION) return model.set(element, { "camunda:candidateGroups": chosen || undefined });
      const now = model.attribute(element, "camunda:candidateGroups");
      return model.set(element, { "camunda:candidateGroups": isExpression(now) ? now : "${part.role}" });
    };
    const parts = [select("Who does it", expression ? ROLE_BY_EXPRESSION : value, options, write, { none: lane ? `As its lane says: ${lane.label}` : "Nobody yet" })];
    if (!expression) return parts;
    return [
      ...parts,
      text("Role, as an expression", value, (typed) => model.set(element, { "camunda:candidateGroups": typed || undefined })),
      text("Roles that it may come to be for", model.property(element, "roles"), (typed) => model.setProperty(element, "roles", typed), { hint: "Ids with spaces between them, for example: line_manager hr" }),
    ];
  }

  form(element) {
    const { model } = this;
    const value = model.attribute(element, "camunda:formRef");
    const write = (chosen) => model.set(element, { "camunda:formRef": chosen || undefined, "camunda:formRefBinding": chosen ? "deployment" : undefined });
    return this.linked(select("Form", value, labelled(state.choices.forms ?? []), write, { none: "No form: a button" }), value && `${value}.form`, "Open this form");
  }

  decision(element) {
    const { model } = this;
    const value = model.attribute(element, "camunda:decisionRef");
    const write = (chosen) =>
      model.set(element, { "camunda:decisionRef": chosen || undefined, "camunda:mapDecisionResult": chosen ? model.attribute(element, "camunda:mapDecisionResult") || "singleResult" : undefined });
    const offered = state.choices.decisions ?? [];
    const file = offered.find((one) => one.value === value)?.file;
    return [
      this.linked(select("Decision", value, labelled(offered), write), file, "Open this table"),
      text("The answer becomes the fact", model.attribute(element, "camunda:resultVariable"), (typed) => model.set(element, { "camunda:resultVariable": typed || undefined })),
    ];
  }

  call(element) {
    const { model } = this;
    const value = model.attribute(element, "calledElement");
    const offered = state.choices.processes ?? [];
    const file = offered.find((one) => one.value === value)?.file;
    return [this.linked(select("Process that it calls", value, labelled(offered), (chosen) => model.set(element, { calledElement: chosen || undefined })), file, "Open its diagram")];
  }

  notice(element) {
    const { model } = this;
    const write = (name) => (value) => {
      if (value && model.attribute(element, "camunda:topic") !== "notify") model.set(element, { "camunda:type": "external", "camunda:topic": "notify" });
      model.setInput(element, name, value);
    };
    return [
      select("Notice that it sends", model.input(element, "template"), labelled(state.choices.notices ?? []), write("template")),
      text("To whom", model.input(element, "to"), write("to"), { hint: `Roles with spaces between them: ${(state.choices.roles ?? []).slice(0, 3).map((one) => one.value).join(" ")}` }),
    ];
  }

  message(element) {
    const { model } = this;
    const names = [...new Set([...model.messages(), ...(state.choices.messages ?? []).map((one) => one.value)])].sort();
    const list = el("datalist", { id: "step-messages" }, ...names.map((value) => el("option", { value })));
    const made = text("Name of the message", model.message(element), (typed) => model.setMessage(element, typed), { list: "step-messages" });
    made.append(list);
    return made;
  }

  // A due date or a timer: how it counts, a number, or an expression; and what that means, in words. `read` gives what
  // stands in the diagram now: a field that was kept may write long after it was made.
  deadline(element, label, read, write, isTimer) {
    const wayNow = () => ({ ...wayOf(read().text), ...(this.spelled.has(element.id) ? { how: "feel" } : {}) });
    const { kind, text: given } = read();
    const way = wayNow();
    const ways = Object.entries(WAYS).filter(([value]) => value && (isTimer || value !== "cycle")).map(([value, words]) => ({ value, label: words }));
    const known = (state.choices.deadlines ?? []).filter((one) => /^policy\.\w+$/.test(one.value));
    const enter = (changed) => write(written({ ...wayNow(), kind: read().kind, ...changed }));
    const choose = (how) => {
      const now = wayNow();
      this.spelled.delete(element.id);
      if (how === "feel") this.spelled.add(element.id);
      if (how === "feel" && now.text) this.show(element);
      else if (how === "feel") enter({ how, text: "${workdays(5)}" });
      else if (how === "policy") enter({ how, number: known[0]?.value ?? "policy.days" });
      else enter({ how, number: /^\d+$/.test(now.number) ? now.number : "5" });
    };
    const parts = [select(label, way.how, ways, choose, { none: "No deadline" })];
    if (["workdays", "days", "cycle"].includes(way.how)) parts.push(this.number(way, enter));
    if (way.how === "policy") parts.push(known.length ? select("Number of the policy", way.number, known, (number) => enter({ number }), { none: null }) : text("Number of the policy", way.number, (number) => enter({ number }), { hint: "For example: policy.report_days" }));
    if (way.how === "feel") {
      parts.push(text("Expression", given, (typed) => enter({ text: typed }), { rows: 2, hint: "For example: ${workdays_before(1, workdays(5))}, P3D, 2027-03-15" }));
      if (isTimer && isExpression(given)) parts.push(select("What it gives", kind, pairs(SIGHTS), (chosen) => enter({ kind: chosen }), { none: null }));
    }
    if (given) parts.push(el("p", { className: "wm-step__said", textContent: `In words: ${deadline(given)}.` }));
    return parts;
  }

  number(way, enter) {
    const input = el("input", { className: "wm-step__input wm-step__input--short", type: "text", inputMode: "numeric", value: way.number });
    let last = way.number;
    input.addEventListener("change", () => {
      const typed = input.value.trim();
      if (typed === last) return;
      if (/^[1-9]\d{0,3}$/.test(typed)) enter({ number: (last = typed) });
      else input.value = last;
    });
    return field("How many days", input, "A whole number from 1");
  }

  flow(element) {
    const { model } = this;
    const from = element.businessObject.sourceRef;
    if (from?.get("default") === element.businessObject) return [el("p", { textContent: "This is the way that is taken when no other fits." })];
    if (!from?.$instanceOf("bpmn:ExclusiveGateway") && !from?.$instanceOf("bpmn:InclusiveGateway") && !model.condition(element)) return [];
    return [text("Taken when", model.condition(element), (typed) => model.setCondition(element, typed), { rows: 2, hint: "FEEL, for example: ${consent = \"given\"}" })];
  }

  common(element) {
    const { model } = this;
    const parts = [this.rules(element), text("Milestone", model.property(element, "milestone"), (typed) => model.setProperty(element, "milestone", typed), { hint: "Words for the timeline when this has happened" })];
    if (!model.is(element, "Gateway")) parts.push(select("Who may know of it", model.property(element, "class"), pairs(CLASSES), (value) => model.setProperty(element, "class", value), { none: CLASSES[""] }));
    return parts;
  }

  documentation(element, label, hint = "") {
    return text(label, this.model.documentation(element), (typed) => this.model.setDocumentation(element, typed), { rows: 3, hint });
  }

  // The ids of the rules, each with its sentence; taken away by a button, added from the list.
  rules(element) {
    const { model } = this;
    const ids = model.property(element, "rules").split(/\s+/).filter(Boolean);
    const offered = state.choices.rules ?? [];
    const write = (found) => model.setProperty(element, "rules", found.join(" "));
    const items = ids.map((id) => {
      const gone = el("button", { type: "button", className: "wm-link-button", textContent: "Remove" }, el("span", { className: "nhsuk-u-visually-hidden", textContent: ` rule ${id}` }));
      gone.disabled = state.closed;
      // when it is gone, the keyboard goes on where one adds
      gone.dataset.field = "Add a rule";
      gone.addEventListener("click", () => write(ids.filter((one) => one !== id)));
      return el("li", {}, el("strong", { textContent: id }), ` ${offered.find((one) => one.value === id)?.label ?? "is not known here"} `, gone);
    });
    const input = el("input", { className: "wm-step__input", type: "text", autocomplete: "off" });
    input.setAttribute("list", "step-rules");
    input.addEventListener("change", () => {
      const id = input.value.trim();
      if (id && !ids.includes(id)) write([...ids, id]);
    });
    const list = el("datalist", { id: "step-rules" }, ...offered.filter((one) => !ids.includes(one.value)).map((one) => el("option", { value: one.value, label: one.label.slice(0, 90) })));
    return el("div", { className: "wm-step__rules", role: "group", ariaLabel: "Rules" }, el("span", { className: "wm-step__label", textContent: "Rules that it carries out" }), items.length ? el("ul", { className: "wm-step__list" }, ...items) : null, field("Add a rule", input, "Its id; type a word of it to find it"), list);
  }

  linked(made, file, words) {
    const here = state.files.includes(file);
    if (file && here) made.append(el("a", { className: "wm-step__open", href: state.address.replace(/[^/]*$/, encodeURIComponent(file)), textContent: words }));
    return made;
  }
}
