/** Planar float32 [C,H,W] in storage buffers throughout; one invocation per output sample, z counts channels. */

const SIZES = /* wgsl */ `
struct Params {
  source: vec2u,  // width, height, of the source
  size: vec2u,    // width, height, of the result
  offset: vec2u,  // x, y
  taps: u32,
  channels: u32,
}
@group(0) @binding(0) var<uniform> p: Params;
`;

/** target[c,y,x] = source[c, y + offset.y, x + offset.x] */
export const CROP = /* wgsl */ `${SIZES}
@group(0) @binding(1) var<storage, read> source: array<f32>;
@group(0) @binding(2) var<storage, read_write> result: array<f32>;
@compute @workgroup_size(16, 16) fn main(@builtin(global_invocation_id) id: vec3u) {
  if (any(id.xy >= p.size)) { return; }
  let at = id.xy + p.offset;
  result[(id.z * p.size.y + id.y) * p.size.x + id.x] = source[(id.z * p.source.y + at.y) * p.source.x + at.x];
}`;

/**
 * A weighted sum of \`taps\` source samples along one axis; starts and weights come from core/resample.ts, so that both
 * backends enlarge alike. offset.y: first source row that is wanted.
 */
const weighted = (axis: 'x' | 'y') => /* wgsl */ `${SIZES}
@group(0) @binding(1) var<storage, read> source: array<f32>;
@group(0) @binding(2) var<storage, read_write> result: array<f32>;
@group(0) @binding(3) var<storage, read> starts: array<i32>;
@group(0) @binding(4) var<storage, read> weights: array<f32>;
@compute @workgroup_size(16, 16) fn main(@builtin(global_invocation_id) id: vec3u) {
  if (any(id.xy >= p.size)) { return; }
  var at = vec2u(id.x, id.y + p.offset.y);
  at.${axis} = u32(starts[id.${axis}])${axis === 'y' ? ' - p.offset.y' : ''};
  var i = (id.z * p.source.y + at.y) * p.source.x + at.x;
  var sum = 0.0;
  for (var k = 0u; k < p.taps; k++) {
    sum += source[i] * weights[id.${axis} * p.taps + k];
    i += ${axis === 'x' ? '1u' : 'p.source.x'};
  }
  result[(id.z * p.size.y + id.y) * p.size.x + id.x] = sum;
}`;

export const RESAMPLE_ACROSS = weighted('x');
export const RESAMPLE_DOWN = weighted('y');

/** target[c, y + offset.y, x + offset.x] += source[c,y,x] * rows[y] * columns[x] */
export const ACCUMULATE = /* wgsl */ `${SIZES}
@group(0) @binding(1) var<storage, read> source: array<f32>;
@group(0) @binding(2) var<storage, read_write> result: array<f32>;
@group(0) @binding(3) var<storage, read> rows: array<f32>;
@group(0) @binding(4) var<storage, read> columns: array<f32>;
@compute @workgroup_size(16, 16) fn main(@builtin(global_invocation_id) id: vec3u) {
  if (any(id.xy >= p.source)) { return; }
  let at = id.xy + p.offset;
  result[(id.z * p.size.y + at.y) * p.size.x + at.x] +=
    source[(id.z * p.source.y + id.y) * p.source.x + id.x] * rows[id.y] * columns[id.x];
}`;

/**
 * Mean of every column, and the sum of squares of what is left when it is taken off: rows 0 and 1 of [channels,2,width]. The grid is one
 * row; neighbours read neighbouring samples.
 */
export const COLUMN_MOMENTS = /* wgsl */ `${SIZES}
@group(0) @binding(1) var<storage, read> source: array<f32>;
@group(0) @binding(2) var<storage, read_write> result: array<f32>;
@compute @workgroup_size(16, 16) fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.y > 0u || id.x >= p.source.x) { return; }
  let first = id.z * p.source.y * p.source.x + id.x;
  var sum = 0.0;
  for (var y = 0u; y < p.source.y; y++) { sum += source[first + y * p.source.x]; }
  let mean = sum / f32(p.source.y);
  var squares = 0.0;
  for (var y = 0u; y < p.source.y; y++) {
    let left = source[first + y * p.source.x] - mean;
    squares += left * left;
  }
  let at = id.z * 2u * p.source.x + id.x;
  result[at] = mean;
  result[at + p.source.x] = squares;
}`;

/** Draws RGB planes: a triangle over the whole viewport, each fragment reads its own pixel. */
export const PRESENT = /* wgsl */ `
struct Params {
  source: vec2u, // width, height
  origin: vec2u, // corner in the source
  corner: vec2u, // where that is drawn
  scale: f32,
  shift: f32,
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> source: array<f32>;
@vertex fn corner(@builtin(vertex_index) i: u32) -> @builtin(position) vec4f {
  return vec4f(f32(i & 1u) * 4.0 - 1.0, f32(i >> 1u) * 4.0 - 1.0, 0.0, 1.0);
}
@fragment fn colour(@builtin(position) position: vec4f) -> @location(0) vec4f {
  let pixel = vec2u(position.xy) - p.corner + p.origin;
  let area = p.source.x * p.source.y;
  let i = pixel.y * p.source.x + pixel.x;
  let rgb = vec3f(source[i], source[i + area], source[i + 2u * area]);
  return vec4f(saturate(rgb * p.scale + p.shift), 1.0);
}`;

/** The same with the fourth plane as opacity, premultiplied. */
export const PRESENT_ALPHA = PRESENT.replace(
  'return vec4f(saturate(rgb * p.scale + p.shift), 1.0);',
  `let opacity = saturate(source[i + 3u * area] * p.scale + p.shift);
  return vec4f(saturate(rgb * p.scale + p.shift) * opacity, opacity);`,
);
