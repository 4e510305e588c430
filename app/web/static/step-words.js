// Steps and deadlines in words, and words back into what a diagram says.

const KINDS = {
  "bpmn:StartEvent": "Start", "bpmn:EndEvent": "End", "bpmn:IntermediateCatchEvent": "Waits", "bpmn:IntermediateThrowEvent": "Passes on",
  "bpmn:BoundaryEvent": "Meanwhile", "bpmn:Task": "Task of no kind", "bpmn:UserTask": "Task for a person", "bpmn:ManualTask": "Task outside Waymark",
  "bpmn:ServiceTask": "Notice", "bpmn:SendTask": "Sends a message", "bpmn:ReceiveTask": "Waits for a message", "bpmn:ScriptTask": "Works something out",
  "bpmn:BusinessRuleTask": "Decision table", "bpmn:CallActivity": "Calls a process", "bpmn:SubProcess": "Part of its own", "bpmn:Transaction": "Transaction",
  "bpmn:AdHocSubProcess": "Part in any order", "bpmn:ExclusiveGateway": "One way or the other", "bpmn:InclusiveGateway": "One way or several",
  "bpmn:ParallelGateway": "Side by side", "bpmn:EventBasedGateway": "Whatever comes first", "bpmn:ComplexGateway": "Complex gateway",
  "bpmn:SequenceFlow": "Arrow", "bpmn:Participant": "Process", "bpmn:Process": "Process", "bpmn:Collaboration": "Diagram", "bpmn:Lane": "Lane",
  "bpmn:TextAnnotation": "Remark", "bpmn:MessageFlow": "Message", "bpmn:Association": "Line to a remark", "bpmn:Group": "Group", "bpmn:DataObjectReference": "Data",
  "bpmn:DataStoreReference": "Data store",
};
const EVENTS = { Timer: "a clock", Message: "a message", Signal: "a signal", Error: "an error", Escalation: "an escalation", Terminate: "ends everything", Conditional: "a condition", Link: "a link", Cancel: "a cancellation", Compensate: "a compensation" };

// What somebody calls this kind of element.
export function kindOf(object) {
  const base = KINDS[object.$type] ?? object.$type.replace("bpmn:", "");
  const events = (object.get("eventDefinitions") ?? []).map((one) => EVENTS[one.$type.replace("bpmn:", "").replace("EventDefinition", "")] ?? "");
  const told = [base, ...events].join(": ");
  if (object.$type === "bpmn:BoundaryEvent") return `${told}${object.cancelActivity === false ? "" : ", ends the step"}`;
  if (object.$type === "bpmn:ServiceTask" && object.get("camunda:topic") !== "notify") return "Service";
  return told;
}

const plural = (number, word) => `${number} ${word}${number === "1" ? "" : "s"}`;
const UNITS = { D: "day", W: "week", M: "month", Y: "year" };
const HOURS = { H: "hour", M: "minute", S: "second" };

function duration(text) {
  const found = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(text);
  if (!found || text === "P" || text.endsWith("T")) return null;
  const names = [...["Y", "M", "W", "D"].map((one) => UNITS[one]), ...["H", "M", "S"].map((one) => HOURS[one])];
  return names.map((name, at) => (found[at + 1] ? plural(found[at + 1], name) : "")).filter(Boolean).join(" ");
}

// The arguments of a call, split at the commas that belong to it.
function calls(text) {
  const found = /^([a-z][\w ]*?)\s*\((.*)\)$/is.exec(text);
  if (!found) return null;
  const parts = [""];
  let depth = 0;
  let quoted = false;
  for (const sign of found[2]) {
    if (sign === '"') quoted = !quoted;
    if (!quoted) depth += "([{".includes(sign) ? 1 : ")]}".includes(sign) ? -1 : 0;
    if (depth < 0) return null;
    if (sign === "," && depth === 0 && !quoted) parts.push("");
    else parts[parts.length - 1] += sign;
  }
  return depth === 0 ? [found[1].trim(), parts.map((one) => one.trim())] : null;
}

const amount = (text, word) => (/^\d+$/.test(text) ? plural(text, word) : `as many ${word}s as ${named(text)}`);
// names of numbers that tables give (policy.reply_days) to their words
export const labels = new Map();
const plain = (text) => labels.get(text) ?? text.replace(/^policy\./, "").replaceAll("_", " ");
const named = (text) => (text.startsWith("policy.") ? `the policy says (“${plain(text)}”)` : `“${plain(text)}”`);

function feel(text) {
  const cycle = /^"R\/P" \+ string\(([\w.]+)\) \+ "D"$/.exec(text);
  if (cycle) return `every ${amount(cycle[1], "day")}`.replace("every as many", "again after as many");
  const call = calls(text);
  if (!call) return null;
  const [name, [first = "", second = "", ...more]] = call;
  if (more.length || !first) return null;
  const words = { workdays: "working day", days: "day" }[name];
  if (words) return amount(first, words) + (second ? ` after ${named(second)}` : "");
  if ((name === "workdays_before" || name === "workdays before") && second) return `${amount(first, "working day")} before ${feel(second) ?? named(second)}`;
  if (name === "date and time" && !second) return `at the time of ${named(first)}`;
  return null;
}

// A due date or a timer in words; what nobody has words for is quoted as it stands.
export function deadline(text) {
  const given = text.trim();
  if (!given) return "";
  const cycle = /^R(\d*)\/(P.*)$/.exec(given);
  if (cycle) return `every ${duration(cycle[2]) ?? cycle[2]}${cycle[1] ? `, ${plural(cycle[1], "time")}` : ""}`.replace(/^every 1 (\w+)/, "every $1");
  const expression = /^\$\{([\s\S]*)\}$/.exec(given) ?? /^=([\s\S]*)$/.exec(given);
  if (expression) return feel(expression[1].trim()) ?? `worked out: ${expression[1].trim()}`;
  const day = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d:\d\d))?/.exec(given);
  if (day) return `on ${Number(day[3])} ${new Date(Date.UTC(day[1], day[2] - 1, 1)).toLocaleString("en-GB", { month: "long", timeZone: "UTC" })} ${day[1]}${day[4] ? ` at ${day[4]}` : ""}`;
  return duration(given) || given;
}

// How the deadline is entered: {how, number, text}. `how` is one of the ways below.
export const WAYS = {
  "": "None",
  workdays: "Working days",
  days: "Days",
  policy: "Working days, as the policy says",
  cycle: "Again and again, every so many days",
  feel: "Worked out otherwise (FEEL, a date or a duration)",
};

export function wayOf(text) {
  const given = text.trim();
  if (!given) return { how: "", number: "", text: "" };
  const call = /^\$\{\s*(workdays|days)\(\s*([\w.]+)\s*\)\s*\}$/.exec(given);
  if (call && /^\d+$/.test(call[2])) return { how: call[1], number: call[2], text: given };
  if (call && call[1] === "workdays" && /^policy\.\w+$/.test(call[2])) return { how: "policy", number: call[2], text: given };
  const days = /^P(\d+)D$/.exec(given);
  if (days) return { how: "days", number: days[1], text: given };
  const cycle = /^R\/P(\d+)D$/.exec(given);
  if (cycle) return { how: "cycle", number: cycle[1], text: given };
  return { how: "feel", number: "", text: given };
}

// The text for what was entered, and for a timer its kind; of an expression it is the one that was chosen.
export function written({ how, number, text, kind = "" }) {
  if (!how || (how !== "feel" && !number)) return { kind: "", text: "" };
  if (how === "cycle") return { kind: "cycle", text: `R/P${number}D` };
  if (how !== "feel") return { kind: "date", text: `\${${how === "policy" ? "workdays" : how}(${number})}` };
  if (text.startsWith("R")) return { kind: "cycle", text };
  if (text.startsWith("P")) return { kind: "duration", text };
  return { kind: /^(\$\{|=)/.test(text) && kind ? kind : "date", text };
}
