// What lies under the pointer.
const NEAR = 5;

function pick(x, y, shown) {
  const places = [];
  let best = null;
  const scale = pixelsPerAngstrom();
  const offer = (candidate, depth) => {
    if (!best || depth > best.depth) best = { ...candidate, depth };
  };
  for (let i = 0; i < letters.length; i++) {
    if (missing.has(i)) continue;
    const place = (places[i] = project(anchor(i)));
    if (Math.hypot(place[0] - x, place[1] - y) <= Math.max(NEAR, 0.8 * scale)) offer({ residue: i }, place[2]);
  }
  for (const arc of shown) {
    const [a, b] = [places[arc.from], places[arc.to]];
    const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
    const length = dx * dx + dy * dy;
    const along = length ? Math.min(1, Math.max(0, ((x - a[0]) * dx + (y - a[1]) * dy) / length)) : 0;
    const away = Math.hypot(a[0] + along * dx - x, a[1] + along * dy - y);
    if (away <= Math.max(NEAR, radius(arc.attention) * scale)) {
      // Its ends belong to the residues.
      if (along > 0.05 && along < 0.95) offer({ arc }, a[2] + along * (b[2] - a[2]) + 1);
    }
  }
  return best;
}
