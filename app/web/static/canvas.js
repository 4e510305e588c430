// What every picture of a diagram has: buttons and keys to move about in it.

// A row of zoom buttons. `of`: which picture they are for, where there are several.
export function zoomButtons(canvas, of = "") {
  const row = document.createElement("div");
  row.className = "wm-zoom";
  const actions = {
    "Zoom in": () => canvas.zoom(canvas.zoom() * 1.25),
    "Zoom out": () => canvas.zoom(canvas.zoom() / 1.25),
    "Whole diagram": () => canvas.zoom("fit-viewport", "auto"),
  };
  for (const [text, act] of Object.entries(actions)) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "wm-plain-button", textContent: text });
    if (of) button.setAttribute("aria-label", `${text}, ${of}`);
    button.addEventListener("click", act);
    row.append(button);
  }
  return row;
}

export function move(event, canvas) {
  const steps = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };
  const step = steps[event.key];
  if (step) canvas.scroll({ dx: step[0], dy: step[1] });
  else if (event.key === "+") canvas.zoom(canvas.zoom() * 1.2);
  else if (event.key === "-") canvas.zoom(canvas.zoom() / 1.2);
  else return;
  event.preventDefault();
}
