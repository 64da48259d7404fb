/** The parameters of workers/gpu/kernels.ts, of which these need the size alone. */
const SIZES = /* wgsl */ `
struct Params {
  source: vec2u,
  size: vec2u,
  offset: vec2u,
  taps: u32,
  channels: u32,
}
@group(0) @binding(0) var<uniform> p: Params;
`;

/** result = source * scale + shift, both by channel and by the parity of row and column (core/latent/to-space.ts). */
export const AFFINE = /* wgsl */ `${SIZES}
@group(0) @binding(1) var<storage, read> source: array<f32>;
@group(0) @binding(2) var<storage, read_write> result: array<f32>;
@group(0) @binding(3) var<storage, read> scale: array<f32>;
@group(0) @binding(4) var<storage, read> shift: array<f32>;
@compute @workgroup_size(16, 16) fn main(@builtin(global_invocation_id) id: vec3u) {
  if (any(id.xy >= p.size)) { return; }
  let i = (id.z * p.size.y + id.y) * p.size.x + id.x;
  let k = 4u * id.z + 2u * (id.y & 1u) + (id.x & 1u);
  result[i] = source[i] * scale[k] + shift[k];
}`;

/** float16 to float32, on devices without half floats too: two values lie in a word, the first in its lower half. */
export const WIDEN = /* wgsl */ `${SIZES}
@group(0) @binding(1) var<storage, read> source: array<u32>;
@group(0) @binding(2) var<storage, read_write> result: array<f32>;
@compute @workgroup_size(16, 16) fn main(@builtin(global_invocation_id) id: vec3u) {
  if (any(id.xy >= p.size)) { return; }
  let i = (id.z * p.size.y + id.y) * p.size.x + id.x;
  let pair = unpack2x16float(source[i >> 1u]);
  result[i] = select(pair.x, pair.y, (i & 1u) == 1u);
}`;

/** A texture on a canvas of the same size, pixel by pixel. */
export const BLIT = /* wgsl */ `
@group(0) @binding(0) var picture: texture_2d<f32>;
@vertex fn corner(@builtin(vertex_index) i: u32) -> @builtin(position) vec4f {
  return vec4f(f32(i & 1u) * 4.0 - 1.0, f32(i >> 1u) * 4.0 - 1.0, 0.0, 1.0);
}
@fragment fn colour(@builtin(position) position: vec4f) -> @location(0) vec4f {
  return vec4f(textureLoad(picture, vec2u(position.xy), 0).rgb, 1.0);
}`;
