// Screenshots for looking at: every path in the desktop's and the phone's size, whole page and first screen.
//   node end2end/screens.mjs http://127.0.0.1:3000 OUTDIR / /status /kill/123
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { launchOptions } from './chromium.mjs';

const [base, outDir, ...paths] = process.argv.slice(2);
if (!base || !outDir) {
  console.error('usage: node end2end/screens.mjs BASE_URL OUTDIR PATH...');
  process.exit(2);
}

const sizes = {
  desktop: { viewport: { width: 1600, height: 900 } },
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
};
const fileName = (path) => path.replace(/[^a-z0-9]+/gi, '-').replace(/^-|-$/g, '') || 'index';

await mkdir(outDir, { recursive: true });
const browser = await chromium.launch(launchOptions());
let problems = 0;
for (const [size, options] of Object.entries(sizes)) {
  const context = await browser.newContext({ ...options, reducedMotion: 'reduce', locale: 'en-GB', timezoneId: 'UTC' });
  for (const path of paths.length ? paths : ['/']) {
    const page = await context.newPage();
    const complain = (text) => { problems += 1; console.log(`  ! ${size} ${path}: ${text}`); };
    page.on('console', (message) => { if (['error', 'warning'].includes(message.type())) complain(message.text()); });
    page.on('pageerror', (error) => complain(error.message));
    const response = await page.goto(new URL(path, base).href, { waitUntil: 'load' });
    await page.locator('html[data-hydrated]').waitFor({ state: 'attached', timeout: 10_000 }).catch(() => complain('not hydrated within 10 s'));
    await page.evaluate(() => document.fonts.ready);
    const name = join(outDir, `${size}-${fileName(path)}`);
    await page.screenshot({ path: `${name}.png` });
    await page.screenshot({ path: `${name}-full.png`, fullPage: true });
    console.log(`${response.status()} ${name}.png`);
    await page.close();
  }
  await context.close();
}
await browser.close();
process.exit(problems ? 1 : 0);
