// The controls, the pointer and the keyboard.
const byId = (id) => document.getElementById(id);
const tooltip = byId("tooltip");
const controls = { threshold: byId("threshold"), layer: byId("layer"), head: byId("head"), scheme: byId("scheme") };
let paint = painter();
let shown = [];
let step = -1;
let due = false;

function element(parent, name, text) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  parent.append(made);
  return made;
}

function swatch(parent, words, colour, shape) {
  const item = element(parent, "li");
  const mark = element(item, "span");
  mark.className = "swatch " + (shape ?? "");
  mark.style.background = colour;
  item.append(words);
}

let moving = false;
let rest = 0;

function frame() {
  due = false;
  if (!paint) return;
  paint.frame(moving);
  placeLabels();
  placeScale();
}

function redraw() {
  if (due) return;
  due = true;
  requestAnimationFrame(frame);
}

// Draws a frame of a movement, and a full one when it has come to rest.
function move() {
  moving = true;
  clearTimeout(rest);
  rest = setTimeout(() => {
    moving = false;
    redraw();
  }, 150);
  redraw();
}

const labels = [];
if (data.ends.length <= 12) {
  for (const [first, last] of data.ends) {
    const name = data.ends.length > 1 ? " " + chainOf[first] : "";
    labels.push([first, element(byId("labels"), "span", "N" + name)]);
    labels.push([last, element(byId("labels"), "span", "C" + name)]);
  }
}

function placeLabels() {
  for (const [residue, label] of labels) {
    const [x, y] = project(anchor(residue));
    // Away from the middle of the molecule.
    const [mx, my] = project([0, 0, 0]);
    const away = Math.hypot(x - mx, y - my) || 1;
    const [left, top] = [x + (18 * (x - mx)) / away, y + (18 * (y - my)) / away];
    label.style.transform = `translate(${left}px, ${top}px) translate(-50%, -50%)`;
  }
}

function placeScale() {
  const room = stage.width / 4;
  const lengths = [200, 100, 50, 20, 10, 5, 2, 1, 0.5];
  const length = lengths.find((length) => length * pixelsPerAngstrom() <= room) ?? 0.2;
  byId("scale").style.width = length * pixelsPerAngstrom() + "px";
  byId("scale").firstElementChild.textContent = length + " Å";
}

function filter() {
  const least = Number(controls.threshold.value);
  const [layer, head] = [Number(controls.layer.value), Number(controls.head.value)];
  const kinds = data.kinds.map((_, i) => byId("kind" + i)?.checked ?? false);
  const wanted = (arc) =>
    arc.attention >= least - 1e-9 && kinds[arc.kind] && (!layer || arc.layer === layer) && (!head || arc.head === head);
  const chosen = arcs.filter(wanted);
  shown = chosen.filter((arc) => arc.placed).sort((a, b) => b.attention - a.attention);
  const list = [];
  for (const arc of shown) arcTubes(list, arc, kindColours[arc.kind], 1);
  paint?.arcs(new Float32Array(list));
  byId("least").textContent = least.toFixed(3).replace(/\.?0+$/, "");
  const lost = chosen.length - shown.length;
  byId("count").textContent = shown.length + " of " + arcs.length + " arcs" +
    (lost ? "; " + lost + " more to itself or to what was not observed" : "");
  step = -1;
  say(null);
  redraw();
}

function recolour() {
  const scheme = data.schemes[controls.scheme.value];
  paint?.colours(scheme);
  const legend = byId("legend");
  legend.replaceChildren();
  for (const [place, words] of scheme.legend) swatch(legend, words, scheme.palette[place]);
  if (data.binding.length) swatch(legend, "binding site", settings.bindingColour, "round");
  if (data.modified.length) swatch(legend, "modified", settings.modifiedColour, "round");
  redraw();
}

// Shows what is said of a residue or an arc, beside it or at the pointer, and lights it up.
let said = "";
function say(found, x, y) {
  const key = !found ? "" : found.arc ? "arc " + found.arc.index : "residue " + found.residue;
  if (key && key === said) return;
  const list = [];
  if (found?.arc) arcTubes(list, found.arc, [0.1, 0.1, 0.1], 1.2);
  if (found?.residue !== undefined) tube(list, anchor(found.residue), anchor(found.residue), 1, 1, 0, 0, [0.1, 0.1, 0.1]);
  paint?.highlight(new Float32Array(list));
  const words = !found ? "" : found.arc ? arcWords(found.arc) : residueWords(found.residue);
  if (tooltip.textContent !== words) tooltip.textContent = words;
  const lit = key !== said;
  said = key;
  if (words) {
    const left = Math.min(x + 14, stage.width - tooltip.offsetWidth - 4);
    const top = Math.min(y + 14, stage.height - tooltip.offsetHeight - 4);
    tooltip.style.transform = `translate(${Math.max(4, left)}px, ${Math.max(4, top)}px)`;
  }
  if (lit) move();
}

function turn(about, angle) {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const by = about === "y" ? [c, 0, s, 0, 1, 0, -s, 0, c] : [1, 0, 0, 0, c, -s, 0, s, c];
  const r = camera.rotation;
  const made = [];
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j < 3; j++) made.push(by[3 * i] * r[j] + by[3 * i + 1] * r[3 + j] + by[3 * i + 2] * r[6 + j]);
  }
  // Rounding must not stretch the molecule, however long it is turned.
  const x = unit(made.slice(0, 3));
  const z = unit(cross(x, made.slice(3, 6)));
  camera.rotation = [...x, ...cross(z, x), ...z];
  move();
}

function zoom(factor) {
  camera.zoom = Math.min(50, Math.max(0.2, camera.zoom * factor));
  move();
}

function reset() {
  Object.assign(camera, { rotation: [1, 0, 0, 0, 1, 0, 0, 0, 1], zoom: 1, x: 0, y: 0 });
  step = -1;
  say(null);
  redraw();
}

// Steps through the arcs, the strongest first.
function visit(by) {
  if (!shown.length) return;
  step = (step + by + shown.length + (step < 0 && by < 0 ? 1 : 0)) % shown.length;
  const [a, b] = [shown[step].from, shown[step].to].map((i) => project(anchor(i)));
  say({ arc: shown[step] }, (a[0] + b[0]) / 2, (a[1] + b[1]) / 2);
}

const pointers = new Map();
canvas.addEventListener("pointerdown", (event) => {
  canvas.setPointerCapture(event.pointerId);
  pointers.set(event.pointerId, [event.clientX, event.clientY]);
});
for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) {
  canvas.addEventListener(name, (event) => pointers.delete(event.pointerId));
}
canvas.addEventListener("pointerleave", () => say(null));
canvas.addEventListener("pointermove", (event) => {
  const before = pointers.get(event.pointerId);
  if (!before) {
    say(pick(event.offsetX, event.offsetY, shown), event.offsetX, event.offsetY);
    return;
  }
  const [dx, dy] = [event.clientX - before[0], event.clientY - before[1]];
  if (pointers.size === 2) {
    const other = [...pointers].find(([id]) => id !== event.pointerId)[1];
    const apart = (p) => Math.hypot(p[0] - other[0], p[1] - other[1]) || 1;
    zoom(apart([event.clientX, event.clientY]) / apart(before));
    camera.x += dx / 2;
    camera.y += dy / 2;
  } else if (event.shiftKey || event.buttons & 6) {
    camera.x += dx;
    camera.y += dy;
  } else {
    turn("y", dx * 0.008);
    turn("x", dy * 0.008);
  }
  pointers.set(event.pointerId, [event.clientX, event.clientY]);
  if (tooltip.textContent) say(null);
  move();
});
canvas.addEventListener("contextmenu", (event) => event.preventDefault());
canvas.addEventListener("wheel", (event) => {
  event.preventDefault();
  const lines = event.deltaMode === 0 ? event.deltaY : event.deltaY * 30;
  zoom(Math.exp(-Math.min(300, Math.max(-300, lines)) * 0.0015));
}, { passive: false });
canvas.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const arrow = arrows[event.key];
  if (arrow && event.shiftKey) {
    camera.x += 15 * arrow[0];
    camera.y += 15 * arrow[1];
  } else if (arrow) {
    if (arrow[0]) turn("y", (arrow[0] * Math.PI) / 36);
    if (arrow[1]) turn("x", (arrow[1] * Math.PI) / 36);
  } else if (event.key === "+" || event.key === "=") zoom(1.15);
  else if (event.key === "-") zoom(1 / 1.15);
  else if (event.key === "0" || event.key === "Home") reset();
  else if (event.key === "n" || event.key === "N") visit(1);
  else if (event.key === "p" || event.key === "P") visit(-1);
  else if (event.key === "Escape") say(null);
  else return;
  event.preventDefault();
  redraw();
});

function choices(select, name, field) {
  const values = [...new Set(arcs.map((arc) => arc[field]).filter(Boolean))].sort((a, b) => a - b);
  element(select, "option", "all").value = 0;
  for (const value of values) element(select, "option", value).value = value;
  select.parentElement.hidden = values.length < 2;
}

function start() {
  const attentions = arcs.map((arc) => arc.attention);
  const low = attentions.reduce((a, b) => Math.min(a, b), 1);
  const high = attentions.reduce((a, b) => Math.max(a, b), 0);
  Object.assign(controls.threshold, { min: arcs.length ? low : 0, max: arcs.length ? high : 1, step: 0.001 });
  controls.threshold.value = controls.threshold.min;
  choices(controls.layer, "layer", "layer");
  choices(controls.head, "head", "head");
  data.kinds.forEach((kind, i) => {
    const count = arcs.filter((arc) => arc.kind === i).length;
    if (!count) return;
    const label = element(byId("kinds"), "label");
    const box = element(label, "input");
    Object.assign(box, { type: "checkbox", id: "kind" + i, checked: true });
    const mark = element(label, "span");
    mark.className = "swatch";
    mark.style.background = kind.colour;
    label.append(kind.words + " (" + count + ")");
  });
  byId("kinds").hidden = !arcs.length;
  data.schemes.forEach((scheme, i) => (element(controls.scheme, "option", scheme.name).value = i));
  controls.scheme.value = data.scheme;
  byId("panel").addEventListener("input", (event) => (event.target === controls.scheme ? recolour() : filter()));
  byId("panel").addEventListener("submit", (event) => event.preventDefault());
  byId("reset").addEventListener("click", reset);
  new ResizeObserver(redraw).observe(canvas);
  canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
  canvas.addEventListener("webglcontextrestored", () => {
    paint = painter();
    recolour();
    filter();
  });
  recolour();
  filter();
  if (!paint) element(byId("stage"), "p", "This browser has no WebGL 2, which the picture needs.");
}
start();
