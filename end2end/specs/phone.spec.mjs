// On a phone: the killer stays, nothing is too wide or too small for a finger.
import { everyPage, expect, fitsWidth, rows, showsKills, test } from '../fixtures.mjs';

/** Smallest side of a target, in CSS pixels (WCAG 2.2, 2.5.8). */
const FINGER = 24;

test('a row says ship, ISK, victim, killer, place and age', async ({ openLive, page }) => {
  await openLive('/');
  for (const index of [0, 1, 2, 3, 4]) {
    const row = rows(page).nth(index);
    for (const part of ['.kill-name', '.kill-value', '.kill-victim .party-main', '.kill-killer .party-main', '.kill-system', '.kill-age']) {
      const cell = row.locator(part);
      await expect(cell, part).toBeVisible();
      const { x, width, height } = await cell.boundingBox();
      expect(x + width, `${part} ends within the window`).toBeLessThanOrEqual(390);
      expect(width * height, `${part} has room`).toBeGreaterThan(0);
    }
  }
});

test('no page is wider than the window', async ({ galaxy, page, problems }) => {
  problems.allow(/status of 404 .*\/nowhere\)$/); // the document itself
  for (const path of await everyPage(galaxy)) {
    await page.goto(path, { waitUntil: 'domcontentloaded' });
    await test.step(path, () => fitsWidth(page));
  }
});

test('buttons, links of the navigation and fields are large enough for a finger', async ({ galaxy, open, page }) => {
  for (const path of await everyPage(galaxy)) {
    if (path === '/nowhere' || path === '/api/docs') continue;
    await open(path);
    const small = await page.evaluate((least) => {
      const targets = 'button, summary, input:not([type="hidden"]), select, a.button, .site-nav a, .chip, .band-chip, .wordmark, .feed-pill, .kill-open, .search-hit, .related-kill, a.segment';
      return [...document.querySelectorAll(targets)]
        .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.closest('.sr-only') && !(one.matches('.band-chip input')))
        .map((one) => {
          // The hit area of a row's link and of a labelled box is larger than the element.
          const area = one.closest('.kill-open') ? one.closest('.kill-row') : (one.closest('label') ?? one);
          const { width, height } = area.getBoundingClientRect();
          return { what: `${one.tagName} ${one.className} ${one.textContent.trim().slice(0, 30)}`, width, height };
        })
        .filter(({ width, height }) => width < least || height < least);
    }, FINGER);
    expect(small, path).toEqual([]);
  }
});

test('kills arrive, pause holds them, a tap opens the kill', async ({ galaxy, openLive, page }) => {
  await openLive('/');
  await page.getByRole('button', { name: 'Pause' }).tap();
  const ids = await galaxy.emit(2);
  await page.locator('.new-badge').tap();
  await showsKills(page, ids);
  const row = page.locator(`.kill-row[data-kill="${ids[0]}"]`);
  await row.locator('.kill-open').tap();
  await expect(page).toHaveURL(new RegExp(`/kill/${ids[0]}$`));
  await expect(page.locator('article.kill-page h1')).toBeVisible();
});

test('a mark of a row is large enough for a finger, and filters', async ({ openLive, page }) => {
  await openLive('/');
  const small = await page.locator('.kill-row .mark-link').evaluateAll((all, least) => all
    .map((link) => ({ what: link.textContent, width: link.getBoundingClientRect().width, height: link.getBoundingClientRect().height }))
    .filter(({ width, height }) => width < least || height < least), FINGER);
  expect(small).toEqual([]);
  await rows(page).nth(1).locator('.kill-value .mark-link').tap();
  await expect(page).toHaveURL(/\?min_value=[\d.]+$/);
});

for (const [what, part] of [['the empty middle of a row', '.kill-place'], ['its age', '.kill-age time']]) {
  test(`there is no panel: a tap on ${what} opens the kill as a page`, async ({ openLive, page }) => {
    await openLive('/');
    const row = rows(page).nth(1);
    const id = await row.getAttribute('data-kill');
    const { x, y, width, height } = await row.locator(part).boundingBox();
    // A place is a name that filters; right of it the row is empty.
    await page.touchscreen.tap(part === '.kill-place' ? x + width - 4 : x + width / 2, y + height / 2);
    await expect(page).toHaveURL(new RegExp(`/kill/${id}$`));
  });
}
