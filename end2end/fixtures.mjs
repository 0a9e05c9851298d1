// `test` for all specs: fails when the browser complains, whatever else the test looks at.
import AxeBuilder from '@axe-core/playwright';
import { test as base, expect } from '@playwright/test';
import { Galaxy } from './galaxy.mjs';

const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

export const test = base.extend({
  /** The galaxy and server of this worker. */
  galaxy: [async ({}, use, worker) => {
    const servers = JSON.parse(process.env.E2E_SERVERS);
    await use(new Galaxy(servers[worker.parallelIndex % servers.length]));
  }, { scope: 'worker' }],

  baseURL: async ({ galaxy }, use) => use(galaxy.url),

  /** What the browser may complain about in this test: `problems.allow(/…/)`, with a reason beside it. */
  problems: async ({}, use) => {
    const allowed = [];
    const seen = [];
    await use({
      allow: (pattern) => allowed.push(pattern),
      report: (text) => seen.push(text),
      unexpected: () => seen.filter((text) => !allowed.some((pattern) => pattern.test(text))),
    });
  },

  page: async ({ page, problems }, use) => {
    // Leptos reports hydration mismatches as console errors or warnings, or panics (a console error too).
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) {
        problems.report(`console ${message.type()}: ${message.text()} (${message.location().url})`);
      }
    });
    page.on('pageerror', (error) => problems.report(`uncaught: ${error.message}`));
    await use(page);
    expect(problems.unexpected(), 'complaints of the browser').toEqual([]);
  },

  /** Opens a path; with JavaScript, waits until the page has been hydrated. Returns the response. */
  open: async ({ page, javaScriptEnabled }, use) => {
    await use(async (path) => {
      const response = await page.goto(path, { waitUntil: 'domcontentloaded' });
      if (javaScriptEnabled !== false) await hydrated(page);
      return response;
    });
  },

  /** The live page, hydrated and connected: what happens from now on arrives over the socket. */
  openLive: async ({ page, open }, use) => {
    await use(async (path = '/') => {
      const subscribed = subscription(page);
      const response = await open(path);
      await subscribed;
      return response;
    });
  },
});

/** Resolves when a socket of the page has received its first snapshot. */
export async function subscription(page) {
  const socket = await page.waitForEvent('websocket');
  await socket.waitForEvent('framereceived', ({ payload }) => String(payload).includes('"type":"snapshot"'));
}

/** The boot script of the document sets `data-hydrated` on <html> when the module has taken over. */
export async function hydrated(page) {
  await page.locator('html[data-hydrated]').waitFor({ state: 'attached', timeout: 15_000 });
}

/** Rows of a long list are all alike: looking at the first few takes a tenth of the time. */
const ALIKE = '.kill-list > .kill-row:nth-child(n+9)';

/** No violation of WCAG 2.2 AA on the page, or in the part a selector names. */
export async function axe(page, { include } = {}) {
  // Names in dense rows are smaller than 24 px; filter bar and keys do the same (WCAG 2.5.8, "equivalent"). The rule
  // cannot know that, so touch targets are measured where they matter, in phone.spec.mjs.
  let builder = new AxeBuilder({ page }).withTags(WCAG).disableRules(['target-size']).exclude(ALIKE);
  if (include) builder = builder.include(include);
  const { violations } = await builder.analyze();
  const found = violations.map(({ id, help, nodes }) => `${id}: ${help}\n  ${nodes.slice(0, 5).map((node) => node.target.join(' ')).join('\n  ')}`);
  expect(found, 'accessibility').toEqual([]);
}

/** No sideways scrolling: the commonest fault of a page on a phone. */
export async function fitsWidth(page) {
  await page.waitForLoadState('load'); // without its styles, a page may be wider
  const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  expect(content, 'width of the content').toBeLessThanOrEqual(window);
}

/** Rows of the page's kill list. */
export function rows(page) {
  return page.locator('.kill-list > .kill-row:not(.kill-skeleton)');
}

/** Ids of the kills listed, from the top. */
export async function listed(page) {
  return rows(page).evaluateAll((all) => all.map((row) => row.dataset.kill));
}

/** Waits until the kills stand in the list. */
export async function showsKills(page, ids) {
  await expect.poll(async () => {
    const shown = new Set(await listed(page));
    return ids.filter((id) => !shown.has(id));
  }, 'kills that are missing in the list').toEqual([]);
}

/** Every kind of page, with real ids. */
export async function everyPage(galaxy) {
  const kill = await galaxy.someFittedShip();
  const { solar_system_id: system, constellation_id: constellation, region_id: region } = kill.place;
  return [
    '/',
    '/?min_value=1000000&band=lowsec,nullsec',
    `/kill/${kill.killmail_id}`,
    `/system/${system}`,
    `/constellation/${constellation}`,
    `/region/${region}`,
    `/type/${kill.ship.type_id}?window=7`,
    '/ranked?sort=ehp',
    '/search',
    '/search?q=ta',
    '/status',
    '/api/docs',
    '/nowhere',
  ];
}

export { expect };
