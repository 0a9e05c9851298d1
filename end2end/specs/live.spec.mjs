// The live list: kills arrive without a reload, and the reader decides when rows move.
import { expect, listed, rows, showsKills, test } from '../fixtures.mjs';

const badge = (page) => page.locator('.new-badge');
const status = (page) => page.locator('.live-status');

/** Distance of the kill's row from the top of the window. */
async function height(page, id) {
  const box = await page.locator(`.kill-row[data-kill="${id}"]`).boundingBox();
  return box.y;
}

/** Jumps of the layout since the page opened; those right after a key or click do not count. */
async function watchShifts(page) {
  await page.addInitScript(() => {
    window.shifts = [];
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts.push(entry.value);
    }).observe({ type: 'layout-shift' });
  });
}

test('the server sends a full list and the page takes it over without changing it', async ({ openLive, page, request }) => {
  const html = await (await request.get('/')).text();
  expect(html.match(/class="kill-row"/g)?.length).toBe(100);
  await openLive('/');
  expect((await listed(page)).length).toBeGreaterThanOrEqual(100);
  const times = await rows(page).locator('time').evaluateAll((all) => all.map((time) => time.dateTime));
  expect(times).toEqual([...times].sort().reverse());
  expect(await page.locator('[data-new]').count(), 'rows of the page itself do not flash').toBe(0);
});

test('kills arrive over the socket, newest on top, without a reload', async ({ galaxy, openLive, page }) => {
  await openLive('/');
  await page.evaluate(() => {
    window.isSameDocument = true;
    // A row is new when it is drawn first; a name or a better price that comes later draws it again without a flash.
    window.flashed = [];
    const watch = ({ addedNodes }) => addedNodes.forEach((node) => { if (node.dataset?.new) window.flashed.push(node.dataset.kill); });
    new MutationObserver((changes) => changes.forEach(watch)).observe(document.body, { childList: true, subtree: true });
  });
  const before = await listed(page);
  const ids = await galaxy.emit(3);
  await showsKills(page, ids);
  const after = await listed(page);
  expect(after.slice(0, 3).sort()).toEqual([...ids].sort());
  expect(new Set(after).size, 'each kill once').toBe(after.length);
  expect(after.slice(3, 20)).toEqual(before.slice(0, 17));
  expect(await page.evaluate(() => window.isSameDocument)).toBe(true);
  const flashed = await page.evaluate(() => window.flashed);
  expect(ids.some((id) => flashed.includes(id)), `new rows flash: ${flashed}`).toBe(true);
});

test('a storm of kills leaves a list of bounded length, in order, each kill once', async ({ galaxy, openLive, page }) => {
  await openLive('/');
  let last;
  for (let round = 0; round < 6; round += 1) last = await galaxy.emitUnseen(50);
  await galaxy.knows(last);
  await showsKills(page, last);
  const now = await listed(page);
  expect(now.length).toBeLessThanOrEqual(200);
  expect(new Set(now).size).toBe(now.length);
  const numbers = now.map(Number);
  const times = await rows(page).locator('time').evaluateAll((all) => all.map((time) => time.dateTime));
  expect(times).toEqual([...times].sort().reverse());
  expect(numbers.length).toBe(times.length);
});

test('kills that arrive while the page loads are not lost and not doubled', async ({ galaxy, openLive, page }) => {
  const [ids] = await Promise.all([galaxy.emit(10), openLive('/')]);
  await showsKills(page, ids);
  const now = await listed(page);
  expect(new Set(now).size).toBe(now.length);
});

test('pause holds the list still and counts; going on inserts', async ({ galaxy, openLive, page }) => {
  await openLive('/');
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(status(page)).toHaveText('Paused.');
  const before = await listed(page);
  const position = await height(page, before[5]);
  const ids = await galaxy.emit(4);
  await expect(badge(page)).toHaveText('4 new');
  await expect(status(page)).toHaveText('Paused. 4 new kills waiting.');
  expect(await listed(page)).toEqual(before);
  expect(await height(page, before[5])).toBe(position);
  await page.getByRole('button', { name: 'Go on' }).click();
  await showsKills(page, ids);
  await expect(badge(page)).toHaveCount(0);
  await expect(status(page)).toHaveText('');
});

test('the badge shows what waits and ends the pause', async ({ galaxy, openLive, page }) => {
  await openLive('/');
  await page.keyboard.press('p');
  await expect(page.getByRole('button', { name: 'Go on' })).toHaveAttribute('aria-pressed', 'true');
  const ids = await galaxy.emit(2);
  await badge(page).click();
  await showsKills(page, ids);
  await expect(page).toHaveURL(/\/$/);
  await expect(page.getByRole('button', { name: 'Pause' })).toHaveAttribute('aria-pressed', 'false');
});

test('who has scrolled down reads on: nothing moves, the badge leads to the new kills', async ({ galaxy, openLive, page }) => {
  await watchShifts(page);
  await openLive('/');
  const before = await listed(page);
  await page.locator(`.kill-row[data-kill="${before[40]}"]`).scrollIntoViewIfNeeded();
  await page.evaluate(() => window.scrollTo(0, 1500));
  await expect(status(page)).toHaveText('Waiting while you read.');
  const position = await height(page, before[40]);
  await page.evaluate(() => { window.shifts.length = 0; });
  const ids = await galaxy.emit(5);
  await expect(badge(page)).toHaveText('5 new');
  expect(await height(page, before[40])).toBe(position);
  expect(await page.evaluate(() => window.shifts), 'layout shifts').toEqual([]);
  expect(await listed(page)).toEqual(before);
  await badge(page).click();
  await showsKills(page, ids);
  await expect.poll(() => page.evaluate(() => window.scrollY)).toBe(0);
  await expect(badge(page)).toHaveCount(0);
});

test('under a moving pointer no row slips away', async ({ galaxy, openLive, page }) => {
  await openLive('/');
  const box = await rows(page).nth(4).boundingBox();
  await page.mouse.move(box.x + 700, box.y + 4); // from here on the list is held
  const before = await listed(page);
  const ids = await galaxy.emitUnseen(2);
  // Until the server has them and could have told the page.
  const known = galaxy.knows(ids);
  let isKnown = false;
  known.finally(() => { isKnown = true; });
  for (let step = 0; !isKnown || step < 20; step += 1) await page.mouse.move(box.x + 700 + (step % 10), box.y + 5);
  await known;
  expect((await listed(page))[4], 'the row under the pointer').toBe(before[4]);
  await page.mouse.move(5, 5);
  await showsKills(page, ids);
});

test('the row height is remembered over a reload, by the server too', async ({ openLive, page }) => {
  await openLive('/');
  const tall = (await rows(page).first().boundingBox()).height;
  await page.getByRole('button', { name: 'Compact' }).click();
  await expect(page.getByRole('button', { name: 'Compact' })).toHaveAttribute('aria-pressed', 'true');
  await expect.poll(async () => (await rows(page).first().boundingBox()).height).toBeLessThan(tall);
  const answer = await page.reload();
  expect(await answer.text()).toContain('data-density="compact"');
  await expect(page.locator('.kill-table')).toHaveAttribute('data-density', 'compact');
  await expect(page.getByRole('button', { name: 'Compact' })).toHaveAttribute('aria-pressed', 'true');
});

test('older kills by link, newer again, and back to live', async ({ galaxy, openLive, page }) => {
  await openLive('/');
  const live = await listed(page);
  await page.getByRole('link', { name: 'Older kills' }).click();
  await expect(page).toHaveURL(/\?before=[0-9a-f]+\.[0-9a-f]+$/);
  await expect(page.getByText('You are reading older kills.')).toBeVisible();
  await expect.poll(async () => (await listed(page)).some((id) => live.includes(id)), 'a kill of the page before').toBe(false);
  const older = await listed(page);
  expect(older.length).toBeGreaterThan(20);
  const ids = await galaxy.emit(2);
  await expect(badge(page)).toHaveText(/new/);
  expect(await listed(page), 'history does not move').toEqual(older);
  await page.getByRole('link', { name: 'Newer' }).click();
  await expect(page).toHaveURL(/\?after=/);
  await expect.poll(async () => (await listed(page)).some((id) => live.includes(id)), 'a kill of the live page').toBe(true);
  await page.getByRole('link', { name: 'Back to live' }).click();
  await expect(page).toHaveURL(/\/$/);
  await showsKills(page, ids);
  await expect(page.getByText('You are reading older kills.')).toHaveCount(0);
  await showsKills(page, await galaxy.emit(1));
});

test('the numbers of the last hour are those the stream gave last', async ({ openLive, page }) => {
  let told;
  page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => {
    const message = JSON.parse(String(payload));
    if (message.type === 'stats') told = message.stats;
  }));
  await openLive('/');
  const shown = async () => Number((await page.locator('.numbers dd').first().innerText()).replace(/\D/g, ''));
  await expect.poll(async () => told !== undefined && (await shown()) === told.kills_last_hour).toBe(true);
  expect(told.minutes).toHaveLength(60);
  await expect(page.locator('.numbers .sparkline')).toBeVisible();
});
