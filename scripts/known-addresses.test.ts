import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KNOWN_WEIGHTS } from '../src/app/models/known-weights.ts';
import type { KnownWeights } from '../src/app/state/models-state.ts';
import { checkAddresses } from './known-addresses.ts';

let server: Server;
let place: string;

/** The list's server: files of 1,000 bytes, some without a word on their size, and a file that is gone. */
beforeAll(async () => {
  server = createServer((request, response) => {
    expect(request.method).toBe('HEAD');
    if (request.url === '/gone.pth') response.statusCode = 404;
    else if (request.url === '/silent.pth') response.setHeader('transfer-encoding', 'chunked');
    else if (request.url === '/packed.pth') {
      response.setHeader('content-encoding', 'gzip');
      response.setHeader('content-length', 700);
    } else response.setHeader('content-length', 1000);
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  place = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(() => server.close());

const entry = (file: string, sizeBytes: number | null, isSizeExact: boolean): KnownWeights => ({
  ...(KNOWN_WEIGHTS[0] as KnownWeights),
  id: file,
  address: place + file,
  sizeBytes,
  isSizeExact,
});

describe('the check of the known weights', () => {
  it('says of each address whether it is as listed, changed or gone', async () => {
    const lines: string[] = [];
    const { verdicts, list } = await checkAddresses(
      [
        entry('exact.pth', 1000, true),
        entry('rounded.pth', 980, false),
        entry('off-by-one.pth', 999, true),
        entry('grown.pth', 900, false),
        entry('unsized.pth', null, false),
        entry('silent.pth', 1000, true),
        { ...entry('gone.pth', 1000, true), seen: { date: '2026-10-01', sizeBytes: 1000 } },
        entry('packed.pth', 1000, true),
      ],
      '2026-11-28',
      (line) => lines.push(line),
    );
    expect(verdicts.map(({ outcome }) => outcome)).toEqual([
      'as listed',
      'as listed',
      'changed',
      'changed',
      'changed',
      'as listed',
      'changed',
      'as listed',
    ]);
    expect(lines[2]).toBe('NEW off-by-one.pth: has 1000 bytes; the list says 999');
    expect(lines[4]).toBe('NEW unsized.pth: has 1000 bytes; the list does not know its size');
    expect(lines[6]).toBe('NEW gone.pth: the address answers 404');
    expect(lines).toHaveLength(8);
    const seen = { date: '2026-11-28', sizeBytes: 1000 };
    const exact = { sizeBytes: 1000, isSizeExact: true };
    expect(list).toMatchObject([
      { id: 'exact.pth', ...exact, seen },
      { id: 'rounded.pth', ...exact, seen },
      { id: 'off-by-one.pth', ...exact, seen },
      { id: 'grown.pth', ...exact, seen },
      { id: 'unsized.pth', ...exact, seen },
      { id: 'silent.pth', ...exact, seen: { ...seen, sizeBytes: null } },
      { id: 'gone.pth' },
      { id: 'packed.pth', seen: { ...seen, sizeBytes: null } },
    ]);
    expect(list[6]).not.toHaveProperty('seen');
  });

  it('verifies nothing, and says so, where no address is reached', async () => {
    const lines: string[] = [];
    const seen = { date: '2026-10-01', sizeBytes: 1000 };
    const nowhere = { ...entry('a.pth', 1000, true), seen, address: 'http://127.0.0.1:1/a.pth' };
    const { verdicts, list } = await checkAddresses([nowhere], '2026-11-28', (line) => lines.push(line));
    expect(list[0]).toBe(nowhere);
    expect(verdicts).toMatchObject([{ outcome: 'unverified' }]);
    expect(lines[0]).toMatch(/^ {4}a\.pth: not verified: the address was not reached/);
    expect(lines[1]).toBe('No address was reached: no network here, nothing was verified.');
  });
});
