/**
 * Reads every golden latent and writes it again, for check_writers.py: `tsx training/fixtures_latent/rewrite.ts OUT`.
 * OUT gets the files and rewritten.json: written file -> { from, container, dtype, space, axes, isPatched, tensor }.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Override } from '../../src/core/latent/reading.ts';
import { readLatentFile } from '../../src/core/latent/read-latent-file.ts';
import { comfyFormat, formatOf, type LatentFormat, writeLatent } from '../../src/core/latent/write-latent.ts';

interface Row {
  readonly refused?: string;
  readonly file?: string;
  readonly override?: Override;
  readonly family: NonNullable<Override['family']>;
  readonly space: NonNullable<Override['space']>;
}

const fixtures = new URL('../../src/core/latent/fixtures/', import.meta.url);
const out = process.argv[2];
if (out === undefined) throw new Error('usage: tsx rewrite.ts OUT');
mkdirSync(out, { recursive: true });

const rows = JSON.parse(readFileSync(new URL('expected.json', fixtures), 'utf8')) as Record<string, Row>;
const written: Record<string, unknown> = {};
for (const [name, row] of Object.entries(rows)) {
  if (row.refused !== undefined || row.file !== undefined) continue;
  const bytes = new Uint8Array(readFileSync(new URL(name, fixtures)));
  const override = { family: row.family, space: row.space };
  const { reading, latent } = readLatentFile(bytes, { fileName: name }, override);
  const own = formatOf(reading);
  const formats: LatentFormat[] = [own, comfyFormat(latent)];
  for (const dtype of ['F16', 'F32'] as const) {
    formats.push({ ...own, container: 'npy', dtype }, { ...own, container: 'safetensors', dtype });
  }
  formats.forEach((format, i) => {
    const { bytes: file, fileName } = writeLatent(latent, format, `${name}-${i}`);
    writeFileSync(join(out, fileName), file);
    written[fileName] = { from: name, ...format };
  });
}
writeFileSync(join(out, 'rewritten.json'), JSON.stringify(written));
