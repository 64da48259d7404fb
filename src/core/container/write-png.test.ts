import { zlibSync } from 'fflate';
import { expect, test } from 'vitest';
import { readPng8 } from './png8.ts';
import { filteredRows, isOpaque, rgbPng } from './write-png.ts';

test('a picture written in strips comes back as it was, without its alpha', () => {
  const [width, height] = [7, 5];
  const rgba = new Uint8ClampedArray(width * height * 4).map((_, index) =>
    index % 4 === 3 ? 255 : (index * 37 + (index >> 3) * 91) % 256,
  );
  const rows = (from: number, to: number): Uint8ClampedArray =>
    rgba.subarray(from * width * 4, to * width * 4);
  const first = filteredRows(rows(0, 3), width, 3, null);
  const second = filteredRows(rows(3, 5), width, 2, rows(2, 3));
  const data = zlibSync(new Uint8Array([...first, ...second]));
  const png = new Uint8Array(rgbPng(width, height, data).flatMap((part) => [...part]));
  const [tensor] = [...readPng8(png).tensors.values()];
  expect(tensor?.shape).toEqual([height, width, 3]);
  expect([...(tensor?.bytes ?? [])]).toEqual([...rgba].filter((_, index) => index % 4 !== 3));
});

test('opacity is written where there is any', () => {
  const [width, height] = [5, 3];
  const rgba = new Uint8ClampedArray(width * height * 4).map((_, index) => (index * 53) % 256);
  expect(isOpaque(rgba)).toBe(false);
  expect(isOpaque(rgba.map((value, index) => (index % 4 === 3 ? 255 : value)))).toBe(true);
  const data = zlibSync(filteredRows(rgba, width, height, null, 4));
  const png = new Uint8Array(rgbPng(width, height, data, 4).flatMap((part) => [...part]));
  const tensor = readPng8(png).tensors.get('');
  expect(tensor?.shape).toEqual([height, width, 4]);
  expect([...(tensor?.bytes ?? [])]).toEqual([...rgba]);
});
