// The picture as a list: each step with what it is, who does it, until when, by which rules, and what lint found.
import { el, findingsHere, state } from "./bench.js";
import { deadline, kindOf } from "./step-words.js";

const HEADS = ["Step", "What it is", "Who", "Asks, decides or calls", "Deadline", "Rules", "Findings"];

export function fill(body, model, registry, select) {
  const steps = registry.filter((one) => !one.labelTarget && (model.is(one, "FlowNode", "Participant") || (model.is(one, "SequenceFlow") && model.condition(one))));
  const roots = steps.some((one) => model.is(one, "Participant")) ? [] : registry.filter((one) => model.is(one, "Process"));
  const found = findingsHere();
  body.replaceChildren(...[...roots, ...steps.sort(order(model))].map((one) => row(one, model, found, select)));
}

// As one reads: pool by pool, from left to right; what sits on a step after it.
function order(model) {
  const rank = (one) => [model.is(one, "Participant") ? 0 : 1, one.host?.x ?? one.x ?? one.waypoints?.[0].x ?? 0, one.host?.y ?? one.y ?? one.waypoints?.[0].y ?? 0, one.host ? 1 : 0];
  return (one, other) => {
    const [mine, theirs] = [rank(one), rank(other)];
    const at = mine.findIndex((value, index) => value !== theirs[index]);
    return at < 0 ? 0 : mine[at] - theirs[at];
  };
}

function row(element, model, found, select) {
  const object = model.of(element);
  const button = el("button", { type: "button", className: "wm-link-button", textContent: nameOf(element, model), dataset: { step: element.id } });
  button.addEventListener("click", () => select(element));
  const cells = [kindOf(element.businessObject), who(element, model), asks(element, model), when(element, model), model.is(element, "SequenceFlow") ? "" : model.property(element, "rules"), counted(found.filter((one) => one.element === object.id))];
  const made = el("tr", {}, el("th", { scope: "row", dataset: { label: HEADS[0] } }, button));
  cells.forEach((text, at) => made.append(el("td", { className: text ? "" : "wm-table__none", textContent: text || "–", dataset: { label: HEADS[at + 1] } })));
  return made;
}

export function nameOf(element, model) {
  const object = model.of(element);
  if (object.name) return object.name.replace(/\s+/g, " ");
  if (model.is(element, "SequenceFlow")) return `${object.sourceRef.name || object.sourceRef.id} → ${object.targetRef.name || object.targetRef.id}`;
  return `${kindOf(element.businessObject)} (${object.id})`;
}

function who(element, model) {
  if (!model.is(element, "UserTask")) return model.is(element, "ServiceTask") ? model.input(element, "to") : "";
  return model.attribute(element, "camunda:candidateGroups") || lane(element, model) || "Nobody yet";
}

const lane = (element, model) => (state.choices.roles ?? []).find((one) => one.value === model.lane(element)?.id)?.value;

function asks(element, model) {
  if (model.is(element, "SequenceFlow")) return model.condition(element);
  if (model.is(element, "UserTask", "StartEvent")) return model.attribute(element, "camunda:formRef");
  if (model.is(element, "BusinessRuleTask")) return model.attribute(element, "camunda:decisionRef");
  if (model.is(element, "CallActivity")) return model.attribute(element, "calledElement");
  if (model.is(element, "ServiceTask")) return model.input(element, "template");
  return model.messageHolder(element) ? model.message(element) : "";
}

function when(element, model) {
  const timer = model.timer(element);
  if (timer) return deadline(timer.text);
  return model.is(element, "UserTask") ? deadline(model.attribute(element, "camunda:dueDate")) : "";
}

function counted(found) {
  const errors = found.filter((one) => one.severity === "error").length;
  const said = [errors && `${errors} error${errors === 1 ? "" : "s"}`, found.length - errors && `${found.length - errors} warning${found.length - errors === 1 ? "" : "s"}`];
  return said.filter(Boolean).join(", ");
}
