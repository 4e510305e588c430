// What a step says, read from and written into the diagram through the modeller's own commands: each can be undone.
const CAMUNDA = "camunda:";

export class Model {
  constructor(modeler) {
    this.modeler = modeler;
    this.modeling = modeler.get("modeling");
    this.factory = modeler.get("bpmnFactory");
    this.registry = modeler.get("elementRegistry");
  }

  // The business object that carries name, documentation and properties: of a pool, its process.
  of(element) {
    const object = element.businessObject;
    return object.$instanceOf("bpmn:Participant") ? (object.processRef ?? object) : object;
  }

  is(element, ...types) {
    return types.some((type) => element.businessObject.$instanceOf(`bpmn:${type}`));
  }

  // {timer, message …}: the event definition of this kind, or undefined
  definition(element, kind) {
    return element.businessObject.get("eventDefinitions")?.find((one) => one.$type === `bpmn:${kind}EventDefinition`);
  }

  update(element, object, values) {
    this.modeling.updateModdleProperties(element, object, values);
  }

  make(type, values, parent) {
    const made = this.factory.create(type, values);
    made.$parent = parent;
    return made;
  }

  set(element, values) {
    const object = this.of(element);
    if (object === element.businessObject) this.modeling.updateProperties(element, values);
    else this.update(element, object, values);
  }

  attribute(element, name) {
    return this.of(element).get(name) ?? "";
  }

  // --- documentation
  documentation(element) {
    return this.of(element).get("documentation")?.[0]?.text ?? "";
  }

  setDocumentation(element, text) {
    const object = this.of(element);
    const rest = (object.get("documentation") ?? []).slice(1);
    const first = text ? [this.make("bpmn:Documentation", { text }, object)] : [];
    this.update(element, object, { documentation: [...first, ...rest] });
  }

  // --- extension elements
  extension(object, type) {
    return object.get("extensionElements")?.get("values").find((one) => one.$type === CAMUNDA + type);
  }

  setExtension(element, object, type, made) {
    const extensions = object.get("extensionElements");
    const old = this.extension(object, type);
    if (!extensions) {
      if (!made) return;
      const fresh = this.make("bpmn:ExtensionElements", {}, object);
      made.$parent = fresh;
      fresh.values = [made];
      this.update(element, object, { extensionElements: fresh });
      return;
    }
    const rest = extensions.get("values");
    if (made) made.$parent = extensions;
    const values = old ? rest.flatMap((one) => (one === old ? (made ? [made] : []) : [one])) : [...rest, ...(made ? [made] : [])];
    if (values.length) this.update(element, extensions, { values });
    else this.update(element, object, { extensionElements: undefined });
  }

  property(element, name) {
    const found = this.extension(this.of(element), "Properties");
    return found?.get("values")?.find((one) => one.name === name)?.value ?? "";
  }

  setProperty(element, name, value) {
    const object = this.of(element);
    const found = this.extension(object, "Properties");
    const property = found?.get("values")?.find((one) => one.name === name);
    if (property && value) return this.update(element, property, { value });
    const kept = (found?.get("values") ?? []).filter((one) => one !== property);
    if (!value && !property) return undefined;
    const values = value ? [...kept, this.make(`${CAMUNDA}Property`, { name, value })] : kept;
    if (found && values.length) {
      for (const one of values) one.$parent = found;
      return this.update(element, found, { values });
    }
    const fresh = values.length ? this.make(`${CAMUNDA}Properties`, { values }) : null;
    for (const one of values) one.$parent = fresh;
    return this.setExtension(element, object, "Properties", fresh);
  }

  // --- inputs of a service task
  input(element, name) {
    const found = this.extension(element.businessObject, "InputOutput");
    return found?.get("inputParameters")?.find((one) => one.name === name)?.value ?? "";
  }

  setInput(element, name, value) {
    const object = element.businessObject;
    const found = this.extension(object, "InputOutput");
    const parameter = found?.get("inputParameters")?.find((one) => one.name === name);
    if (parameter && value) return this.update(element, parameter, { value });
    const kept = (found?.get("inputParameters") ?? []).filter((one) => one !== parameter);
    if (!value && !parameter) return undefined;
    const all = value ? [...kept, this.make(`${CAMUNDA}InputParameter`, { name, value })] : kept;
    if (found) {
      for (const one of all) one.$parent = found;
      return this.update(element, found, { inputParameters: all });
    }
    const fresh = this.make(`${CAMUNDA}InputOutput`, { inputParameters: all });
    for (const one of all) one.$parent = fresh;
    return this.setExtension(element, object, "InputOutput", fresh);
  }

  // --- timers: {kind: "date" | "duration" | "cycle" | "", text}
  timer(element) {
    const found = this.definition(element, "Timer");
    if (!found) return null;
    for (const [kind, name] of Object.entries(TIMERS)) if (found.get(name)) return { kind, text: (found.get(name).body ?? "").trim() };
    return { kind: "", text: "" };
  }

  setTimer(element, { kind, text }) {
    const found = this.definition(element, "Timer");
    const values = { timeDate: undefined, timeDuration: undefined, timeCycle: undefined };
    if (text) values[TIMERS[kind]] = this.make("bpmn:FormalExpression", { body: text }, found);
    this.update(element, found, values);
  }

  // --- conditions of flows
  condition(element) {
    return element.businessObject.get("conditionExpression")?.body ?? "";
  }

  setCondition(element, text) {
    const expression = text ? this.make("bpmn:FormalExpression", { body: text }, element.businessObject) : undefined;
    this.modeling.updateProperties(element, { conditionExpression: expression });
  }

  // --- messages: by name; the file lists each once
  messageHolder(element) {
    return this.definition(element, "Message") ?? (this.is(element, "SendTask", "ReceiveTask") ? element.businessObject : null);
  }

  message(element) {
    return this.messageHolder(element)?.get("messageRef")?.name ?? "";
  }

  messages() {
    return this.definitions().get("rootElements").filter((one) => one.$type === "bpmn:Message").map((one) => one.name);
  }

  setMessage(element, name) {
    const definitions = this.definitions();
    const roots = definitions.get("rootElements");
    let message = roots.find((one) => one.$type === "bpmn:Message" && one.name === name);
    if (name && !message) {
      message = this.make("bpmn:Message", { name }, definitions);
      this.update(element, definitions, { rootElements: [...roots, message] });
    }
    this.update(element, this.messageHolder(element), { messageRef: message });
  }

  definitions() {
    return this.modeler.getDefinitions();
  }

  // --- who: the candidate group, else the lane
  lane(element) {
    const within = (x) => element.x >= x.x && element.y >= x.y && element.x + element.width <= x.x + x.width && element.y + element.height <= x.y + x.height;
    const lanes = this.registry.filter((one) => this.is(one, "Lane") && !one.labelTarget && one.width && within(one));
    return lanes.sort((one, other) => one.width * one.height - other.width * other.height)[0]?.businessObject ?? null;
  }
}

const TIMERS = { date: "timeDate", duration: "timeDuration", cycle: "timeCycle" };
