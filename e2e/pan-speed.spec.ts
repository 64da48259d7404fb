import { npyFile } from './fixtures/latents.ts';
import { LiftPage } from './lift-page.ts';
import { expect, test } from './test.ts';

test('three 4096-pixel panes pan smoothly, drawn from bitmaps without copies', { tag: '@alone' }, async ({
  page,
}) => {
  const lift = new LiftPage(page);
  await lift.open({}, npyFile(8, 8));
  await lift.waitUntilDone();
  const measured = await page.locator('ll-compare').evaluate(async (element) => {
    const compare = element as unknown as {
      cards: { width: number; height: number; drawing: object }[];
      baseWidth: number;
      baseHeight: number;
      view: Record<string, unknown>;
      updateComplete: Promise<unknown>;
    };
    const side = 4096;
    const bitmaps = compare.cards.map((_, index) => {
      const canvas = new OffscreenCanvas(side, side);
      const context = canvas.getContext('2d');
      if (context === null) throw new Error('no canvas');
      for (let i = 0; i < 400; i += 1) {
        context.fillStyle = `hsl(${i * 37 + index * 90} 60% 50%)`;
        context.fillRect((i * 613) % side, (i * 331) % side, 300, 300);
      }
      return canvas.transferToImageBitmap();
    });
    compare.cards = compare.cards.map((card, index) => ({
      ...card,
      width: side,
      height: side,
      stretched: null,
      drawing: { bitmap: bitmaps[index], version: 1, isPreview: false },
    }));
    compare.baseWidth = side;
    compare.baseHeight = side;
    await compare.updateComplete;
    await new Promise((resolve) => setTimeout(resolve, 2500)); // The smaller copies are built in the background.
    async function pan(magnification: number): Promise<{ fps: number; worstMs: number; drawMs: number }> {
      const frames: number[] = [];
      let drawMs = 0;
      for (let i = 0; i < 60; i += 1) {
        const began = performance.now();
        compare.view = { ...compare.view, magnification, x: 0.4 + i / 300, y: 0.4 + i / 400 };
        await compare.updateComplete;
        await Promise.resolve();
        drawMs += performance.now() - began;
        frames.push(await new Promise<number>((resolve) => requestAnimationFrame(resolve)));
      }
      const gaps = frames.slice(1).map((time, index) => time - (frames[index] ?? time));
      const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
      return { fps: 1000 / mean, worstMs: Math.max(...gaps), drawMs: drawMs / 60 };
    }
    return { near: await pan(10), far: await pan(1.5) };
  });
  for (const [name, { fps, worstMs, drawMs }] of Object.entries(measured)) {
    console.log(
      `pan ${name}: ${fps.toFixed(1)} frames/s, worst frame ${worstMs.toFixed(0)} ms, script ${drawMs.toFixed(1)} ms a frame`,
    );
    // Software rendering on shared cores sets the rest of the frame; what is ours to promise is the script's part.
    expect(drawMs).toBeLessThan(16);
  }
});
