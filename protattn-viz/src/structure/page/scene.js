// What is to be drawn, made from the data of the page. Lengths are in ångströms.
const data = JSON.parse(document.getElementById("data").textContent);
const settings = data.settings;
const channels = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16) / 255);
const hundredths = (list) => Float32Array.from(list, (x) => x / 100);
const anchors = hundredths(data.anchors);
const missing = new Set(data.missing);
const insertions = new Map(data.insertions);
const anchor = (i) => anchors.subarray(3 * i, 3 * i + 3);
const chainOf = data.chains.flatMap(([name, length]) => new Array(length).fill(name));
const binding = new Set(data.binding);
const modified = new Set(data.modified);
const letters = Array.from(data.letters);
const structures = data.schemes[0];
const ARC_FIELDS = 8;

const residueName = (i) =>
  letters[i] + data.numbers[i] + (insertions.get(i) ?? "") + (chainOf[i] ? " of chain " + chainOf[i] : "");

const arcs = [];
for (let i = 0; i < data.arcs.length; i += ARC_FIELDS) {
  const [from, to, attention, kind, distance, layer, head, directed] = data.arcs.slice(i, i + ARC_FIELDS);
  const placed = from !== to && !missing.has(from) && !missing.has(to);
  arcs.push({ index: arcs.length, from, to, attention: attention / 1000, kind, distance, layer, head, directed, placed });
}

function arcWords(arc) {
  const kind = data.kinds[arc.kind].words;
  return residueName(arc.from) + (arc.directed ? " to " : " and ") + residueName(arc.to) +
    ": attention " + arc.attention +
    (arc.distance < 0 ? "" : ", " + (arc.distance / 10).toFixed(1) + " Å") + ", " + kind +
    (arc.layer ? ", head " + arc.layer + "-" + arc.head : "");
}

function residueWords(i) {
  const place = structures.legend.find(([place]) => place === structures.index[i]);
  const words = [residueName(i)];
  if (place && structures.legend.length > 1) words.push(place[1]);
  if (binding.has(i)) words.push("binding site");
  if (modified.has(i)) words.push("modified");
  return words.join(", ");
}

const radius = (attention) => Math.max(settings.thinnest, settings.radius * attention);

// The ribbons as a mesh: around each sample a ring, an ellipse as wide as the ribbon.
const RING = 8;
const THICKNESS = 0.3;
function ribbonMesh() {
  const [centres, sides, halves, residues] = [...data.samples.slice(0, 3).map(hundredths), data.samples[3]];
  const positions = [], normals = [], owners = [], triangles = [];
  const at = (list, i) => [list[3 * i], list[3 * i + 1], list[3 * i + 2]];
  const ring = (i, along, shrink) => {
    const centre = at(centres, i), side = at(sides, i);
    const up = cross(along, side);
    const wide = halves[i];
    const high = wide > settings.coil * 1.01 ? THICKNESS : settings.coil;
    for (let k = 0; k < RING; k++) {
      const [c, s] = [Math.cos((2 * Math.PI * k) / RING), Math.sin((2 * Math.PI * k) / RING)];
      const normal = shrink
        ? along.map((x) => x * shrink)
        : unit(side.map((x, j) => (x * c) / wide + (up[j] * s) / high));
      for (let j = 0; j < 3; j++) {
        const reach = shrink ? 0.001 : 1;
        positions.push(centre[j] + reach * (side[j] * wide * c + up[j] * high * s));
        normals.push(normal[j]);
      }
      owners.push(residues[i]);
    }
  };
  let start = 0;
  for (const length of data.pieces) {
    const last = start + length - 1;
    const tangent = (i) => {
      // Samples can share a place where the width jumps.
      for (let reach = 1; reach < 4; reach++) {
        const [a, b] = [at(centres, Math.max(start, i - reach)), at(centres, Math.min(last, i + reach))];
        const along = b.map((x, j) => x - a[j]);
        if (Math.hypot(...along) > 1e-3) return unit(along);
      }
      return [1, 0, 0];
    };
    const first = positions.length / 3;
    ring(start, tangent(start), -1);
    for (let i = start; i <= last; i++) ring(i, tangent(i), 0);
    ring(last, tangent(last), 1);
    for (let r = 0; r < length + 1; r++) {
      for (let k = 0; k < RING; k++) {
        const [a, b] = [first + r * RING + k, first + r * RING + ((k + 1) % RING)];
        triangles.push(a, b, a + RING, b, b + RING, a + RING);
      }
    }
    start += length;
  }
  return {
    positions: new Float32Array(positions),
    normals: new Float32Array(normals),
    owners,
    triangles: new Uint32Array(triangles),
  };
}

function cross(a, b) {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

function unit(a) {
  const length = Math.hypot(...a) || 1;
  return a.map((x) => x / length);
}

// Tubes, 13 numbers each: ends, radii there, dash and period (0 for none), colour.
const TUBE = 13;
const ARROWHEAD = 2.4;
function tube(list, a, b, from, to, dash, period, colour) {
  list.push(a[0], a[1], a[2], b[0], b[1], b[2], from, to, dash, period, ...colour);
}

const kindColours = data.kinds.map((kind) => channels(kind.colour));
function arcTubes(list, arc, colour, wider) {
  const [a, b] = [anchor(arc.from), anchor(arc.to)];
  const whole = Math.hypot(b[0] - a[0], b[1] - a[1], b[2] - a[2]);
  const head = arc.directed ? Math.min(ARROWHEAD, whole / 2) : 0;
  const share = whole > 0 ? 1 - head / whole : 1;
  const end = [0, 1, 2].map((j) => a[j] + (b[j] - a[j]) * share);
  const { dash, gap } = data.kinds[arc.kind];
  const shaft = whole - head;
  const count = dash ? Math.max(0, Math.round((shaft - dash) / (dash + gap))) : 0;
  const period = count ? (shaft - dash) / count : 0;
  const wide = radius(arc.attention) * wider;
  tube(list, a, end, wide, wide, count ? dash : 0, period, colour);
  if (head) tube(list, end, b, Math.max(0.7, wide * 2.4), 0, 0, 0, colour);
}

// Breaks in a chain, and marks on residues: what is drawn whichever arcs are.
function fixedTubes() {
  const list = [];
  for (const [before, after] of data.gaps) {
    const [a, b] = [anchor(before), anchor(after)];
    tube(list, a, b, settings.coil / 2, settings.coil / 2, 0.4, 1.1, [0.6, 0.6, 0.6]);
  }
  const marks = [[data.modified, settings.modifiedColour, 0.75], [data.binding, settings.bindingColour, 0.9]];
  for (const [residues, colour, size] of marks) {
    for (const i of residues) {
      if (!missing.has(i)) tube(list, anchor(i), anchor(i), size, size, 0, 0, channels(colour));
    }
  }
  return new Float32Array(list);
}
