#!/usr/bin/env bash
# Everything worth doing on a real adapter in eight minutes, one JSON: bench/gpu.sh OUT.json [--software]
# --software: SwiftShader and the smallest sizes, to see that it works. A step that fails or is cut off says so and the next one runs.
set -uo pipefail
cd "$(dirname "$0")/.."
out="$(realpath -m "${1:?bench/gpu.sh OUT.json [--software]}")"
work="$(mktemp -d)"
software=()
graphs=()
cost=(--native)
sizes="512,1024,2048,4096"
limit=75
if [ "${2:-}" = "--software" ]; then
  software=(--software) graphs=(--software tiny-decoder) cost=() sizes="64" limit="${STEP_SECONDS:-600}"
fi
step() {
  local name="$1" start code
  shift
  start=$(date +%s)
  timeout "$limit" "$@" > "$work/$name.log" 2>&1
  code=$?
  echo "$name: exit $code after $(($(date +%s) - start)) s" | tee -a "$work/steps"
}
step build npx vite build
step cost npx tsx bench/webgpu-cost.ts "${cost[@]}" --out "$work/cost.json"
step f16 npx tsx bench/run.ts --settings webgpu --only decode,lua,pixel-lanczos,graph,taef2 --no-rivals --sizes "$sizes" --rounds 5 --cap 5 \
  "${software[@]}" --out "$work/f16.json"
step f32 npx tsx bench/run.ts --settings webgpu32 --only decode,lua --no-rivals --sizes "$sizes" --rounds 5 --cap 5 "${software[@]}" \
  --out "$work/f32.json"
step goldens npx tsx bench/graph-webgpu.ts "${graphs[@]}"
if [ "${#software[@]}" -eq 0 ]; then step e2e npx playwright test --project=gpu; fi
node - "$work" "$out" <<'JS'
const { existsSync, readFileSync, readdirSync, writeFileSync } = require('node:fs');
const [work, out] = process.argv.slice(2);
const json = (name) => (existsSync(`${work}/${name}.json`) ? JSON.parse(readFileSync(`${work}/${name}.json`, 'utf8')) : null);
const logs = Object.fromEntries(
  readdirSync(work).filter((name) => name.endsWith('.log')).map((name) => [name.slice(0, -4), readFileSync(`${work}/${name}`, 'utf8').slice(-20000)]),
);
writeFileSync(out, JSON.stringify({ steps: readFileSync(`${work}/steps`, 'utf8').trim().split('\n'), cost: json('cost'), f16: json('f16'), f32: json('f32'), logs }, null, 1));
console.log(out);
JS
rm -rf "$work"
