// Draws the scene with WebGL: ribbons as a mesh, tubes as flat shapes that face the reader.
const canvas = document.getElementById("canvas");
const camera = { rotation: [1, 0, 0, 0, 1, 0, 0, 0, 1], zoom: 1, x: 0, y: 0 };
let reach = 1;
for (let i = 0; i < anchors.length; i += 3) {
  reach = Math.max(reach, Math.hypot(anchors[i], anchors[i + 1], anchors[i + 2]) + 3);
}

const COMMON = `#version 300 es
precision highp float;
uniform mat3 rotation; uniform vec4 view; uniform float reach;
vec4 place(vec3 p) { return vec4(p.xy * view.xy + view.zw, -p.z / (reach * 1.1), 1.0); }`;
const FADE = `#version 300 es
precision highp float;
uniform float reach; out vec4 colour_out;
void show(vec3 colour, float light, float z) {
  float far = clamp(0.5 - z / (2.0 * reach), 0.0, 1.0);
  colour_out = vec4(mix(colour * light, vec3(1.0), 0.6 * far), 1.0);
}`;
const MESH_VERTEX = COMMON + `
in vec3 position; in vec3 normal; in vec3 colour;
out vec3 n; out vec3 c; out float z;
void main() {
  vec3 p = rotation * position;
  n = rotation * normal; c = colour; z = p.z;
  gl_Position = place(p);
}`;
const MESH_FRAGMENT = FADE + `
in vec3 n; in vec3 c; in float z;
void main() {
  vec3 m = normalize(n);
  float light = 0.55 + 0.45 * clamp(dot(m, vec3(-0.25, 0.35, 0.9)), 0.0, 1.0);
  show(c, light * mix(0.5, 1.0, smoothstep(0.05, 0.4, abs(m.z))), z);
}`;
const TUBE_VERTEX = COMMON + `
in vec2 corner; in vec3 from; in vec3 to; in vec2 radii; in vec2 dashes; in vec3 colour;
out vec2 at; out vec3 c; out float z;
flat out vec4 shape; flat out vec2 pattern;
void main() {
  vec3 a = rotation * from, b = rotation * to;
  vec2 d = b.xy - a.xy;
  float seen = length(d);
  vec2 along = seen > 1e-4 ? d / seen : vec2(1.0, 0.0);
  float wide = max(radii.x, radii.y);
  float t = (corner.x + 1.0) / 2.0;
  vec3 p = mix(a, b, t);
  p.xy += along * corner.x * wide + vec2(-along.y, along.x) * corner.y * wide;
  at = vec2(t * seen + corner.x * wide, corner.y * wide);
  shape = vec4(radii, seen, distance(from, to)); pattern = dashes; c = colour; z = p.z + wide;
  gl_Position = place(p);
}`;
const TUBE_FRAGMENT = FADE + `
in vec2 at; in vec3 c; in float z; flat in vec4 shape; flat in vec2 pattern;
void main() {
  float seen = shape.z;
  float share = seen > 0.0 ? clamp(at.x / seen, 0.0, 1.0) : 0.0;
  float radius = mix(shape.x, shape.y, share);
  float beyond = max(max(-at.x, at.x - seen), 0.0);
  bool cone = shape.x != shape.y;
  float off = cone ? (beyond > 0.0 ? 1e9 : abs(at.y)) : length(vec2(beyond, at.y));
  if (off > radius) discard;
  if (pattern.x > 0.0 && mod(share * shape.w + 1e-4, pattern.y) > pattern.x) discard;
  float across = radius > 0.0 ? off / radius : 0.0;
  show(c, mix(1.0, 0.62, smoothstep(0.45, 1.0, across)), z);
}`;

function program(gl, vertex, fragment) {
  const made = gl.createProgram();
  for (const [type, source] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]]) {
    const shader = gl.createShader(type);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(made, shader);
  }
  gl.linkProgram(made);
  if (!gl.getProgramParameter(made, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(made));
  const uniforms = ["rotation", "view", "reach"].map((name) => [name, gl.getUniformLocation(made, name)]);
  return { made, ...Object.fromEntries(uniforms) };
}

// Gives functions that draw a frame and take new colours and arcs, or nothing without WebGL 2.
function painter() {
  const gl = canvas.getContext("webgl2", { antialias: true });
  if (!gl) return null;
  const attribute = (owner, name, size, stride, offset, perTube) => {
    const where = gl.getAttribLocation(owner.made, name);
    gl.enableVertexAttribArray(where);
    gl.vertexAttribPointer(where, size, gl.FLOAT, false, stride * 4, offset * 4);
    if (perTube) gl.vertexAttribDivisor(where, 1);
  };
  const buffer = (content, target = gl.ARRAY_BUFFER) => {
    const made = gl.createBuffer();
    gl.bindBuffer(target, made);
    if (content) gl.bufferData(target, content, gl.STATIC_DRAW);
    return made;
  };
  const mesh = ribbonMesh();
  const ribbons = program(gl, MESH_VERTEX, MESH_FRAGMENT);
  const ribbonState = gl.createVertexArray();
  gl.bindVertexArray(ribbonState);
  buffer(mesh.positions);
  attribute(ribbons, "position", 3, 0, 0);
  buffer(mesh.normals);
  attribute(ribbons, "normal", 3, 0, 0);
  const colourBuffer = buffer(null);
  attribute(ribbons, "colour", 3, 0, 0);
  buffer(mesh.triangles, gl.ELEMENT_ARRAY_BUFFER);

  const tubes = program(gl, TUBE_VERTEX, TUBE_FRAGMENT);
  const tubeList = (content) => {
    const state = gl.createVertexArray();
    gl.bindVertexArray(state);
    buffer(new Float32Array([-1, -1, 1, -1, -1, 1, 1, 1]));
    attribute(tubes, "corner", 2, 0, 0);
    const list = buffer(content);
    const fields = [["from", 3, 0], ["to", 3, 3], ["radii", 2, 6], ["dashes", 2, 8], ["colour", 3, 10]];
    for (const [name, size, offset] of fields) attribute(tubes, name, size, TUBE, offset, true);
    const made = { state, count: (content?.length ?? 0) / TUBE };
    made.set = (content) => {
      gl.bindBuffer(gl.ARRAY_BUFFER, list);
      gl.bufferData(gl.ARRAY_BUFFER, content, gl.DYNAMIC_DRAW);
      made.count = content.length / TUBE;
    };
    return made;
  };
  const lists = [tubeList(fixedTubes()), tubeList(null), tubeList(null)];

  // Milliseconds that the last full frame took.
  let cost = 0;
  const use = (owner, pixels) => {
    const { width, height } = canvas;
    const scale = pixelsPerAngstrom() * pixels;
    gl.useProgram(owner.made);
    gl.uniformMatrix3fv(owner.rotation, true, camera.rotation);
    gl.uniform4f(owner.view, (2 * scale) / width, (2 * scale) / height,
      (2 * camera.x * pixels) / width, (-2 * camera.y * pixels) / height);
    gl.uniform1f(owner.reach, reach);
  };
  gl.enable(gl.DEPTH_TEST);
  gl.clearColor(1, 1, 1, 1);
  return {
    colours(scheme) {
      const palette = scheme.palette.map(channels);
      const colours = new Float32Array(mesh.owners.length * 3);
      mesh.owners.forEach((owner, i) => colours.set(palette[scheme.index[owner]], 3 * i));
      gl.bindBuffer(gl.ARRAY_BUFFER, colourBuffer);
      gl.bufferData(gl.ARRAY_BUFFER, colours, gl.STATIC_DRAW);
    },
    arcs: (content) => lists[1].set(content),
    highlight: (content) => lists[2].set(content),
    // On the way the resolution and the weakest arcs may wait, so that slow machines turn smoothly too.
    frame(moving) {
      const share = moving ? Math.min(1, BUDGET / cost) : 1;
      const start = performance.now();
      const pixels = fullPixels() * (share < 0.5 ? 0.5 : 1);
      measure();
      const [width, height] = [stage.width, stage.height].map((x) => Math.max(1, Math.round(x * pixels)));
      if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
      gl.viewport(0, 0, width, height);
      gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
      use(ribbons, pixels);
      gl.bindVertexArray(ribbonState);
      gl.drawElements(gl.TRIANGLES, mesh.triangles.length, gl.UNSIGNED_INT, 0);
      use(tubes, pixels);
      for (const list of lists) {
        const count = list === lists[1] ? Math.ceil(list.count * share) : list.count;
        if (!count) continue;
        gl.bindVertexArray(list.state);
        gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, count);
      }
      if (moving) return;
      // Reading a pixel waits until all is drawn.
      gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4));
      cost = performance.now() - start;
    },
  };
}

// What a frame on the way may take, in milliseconds.
const BUDGET = 20;

function fullPixels() {
  return Math.min(window.devicePixelRatio || 1, 2);
}

// Size of the canvas in pixels of the page; asked for once a frame, as asking is slow.
const stage = { width: 1, height: 1 };
function measure() {
  Object.assign(stage, { width: canvas.clientWidth, height: canvas.clientHeight });
}

// In pixels of the page, whatever the pixels of the screen.
function pixelsPerAngstrom() {
  return (Math.min(stage.width, stage.height) / (2 * reach)) * camera.zoom;
}

// Where a point lies in the canvas, from its left upper corner, and its depth.
function project(point) {
  const r = camera.rotation;
  const [x, y, z] = [0, 3, 6].map((i) => r[i] * point[0] + r[i + 1] * point[1] + r[i + 2] * point[2]);
  const scale = pixelsPerAngstrom();
  return [stage.width / 2 + camera.x + x * scale, stage.height / 2 + camera.y - y * scale, z];
}
