// The state of the feed as the reader sees it: healthy, failed over, down, back; and a socket that breaks.
import { axe, expect, listed, rows, showsKills, test } from '../fixtures.mjs';

const pill = (page) => page.locator('.feed-pill');

test.afterEach(async ({ galaxy }) => {
  await galaxy.heal();
});

test('the pill says that the first feed delivers, from where and how late', async ({ galaxy, openLive, page, request }) => {
  await galaxy.emit(1);
  const html = await (await request.get('/')).text();
  expect(html.match(/<a [^>]*feed-pill[^>]*>/)[0], 'as the server sends it').toContain('data-tone="live"');
  await openLive('/');
  await expect(pill(page)).toContainText('Live');
  await expect(pill(page)).toContainText('wanderer-kills');
  await expect(pill(page).locator('.feed-lag')).toHaveText(/\d/);
  await pill(page).click();
  await expect(page).toHaveURL(/\/status$/);
});

test('the first feed fails: the next takes over, and gives way when the first is back', async ({ galaxy, openLive, page }) => {
  test.setTimeout(120_000);
  await openLive('/');
  await expect(pill(page)).toHaveAttribute('data-tone', 'live');
  await galaxy.outage('wanderer', true);
  await expect(pill(page)).toHaveAttribute('data-tone', 'fallback', { timeout: 40_000 });
  await expect(pill(page)).toContainText('Fallback feed');
  await expect(pill(page)).toContainText('zKillboard R2Z2');
  await axe(page, { include: '.site-header' });
  await showsKills(page, await galaxy.emit(3)); // by way of the second feed
  await galaxy.heal();
  await expect(pill(page)).toHaveAttribute('data-tone', 'live');
  await expect(pill(page)).toContainText('wanderer-kills');
  await showsKills(page, await galaxy.emit(2));
});

test('every feed is down: page and status say so; what happened meanwhile arrives afterwards', async ({ galaxy, openLive, page }) => {
  test.setTimeout(120_000);
  await openLive('/');
  await galaxy.outage('r2z2', true);
  await galaxy.outage('wanderer', true);
  await expect(pill(page)).toHaveAttribute('data-tone', 'down', { timeout: 40_000 });
  await expect(pill(page)).toContainText('Feed down');
  const missed = await galaxy.emitUnseen(5);
  const status = await page.context().newPage();
  await status.goto('/status');
  await expect(status.locator('.status-verdict')).toContainText('No feed delivers.');
  await status.close();
  await galaxy.heal();
  await expect(pill(page)).toHaveAttribute('data-tone', 'live');
  await galaxy.knows(missed);
  await showsKills(page, missed);
});

test('the socket breaks: the page says so, comes back and fills the gap', async ({ galaxy, open, page }) => {
  // Between page and server stands this test, which cuts and refuses.
  const sockets = [];
  let isCut = false;
  await page.routeWebSocket(/\/api\/v1\/stream$/, (socket) => {
    if (isCut) {
      socket.close({ code: 1012 });
      return;
    }
    socket.connectToServer();
    sockets.push(socket);
  });
  await open('/');
  await showsKills(page, await galaxy.emit(1));
  const before = await listed(page);
  isCut = true;
  await sockets.at(-1).close({ code: 1012, reason: 'cut by the test' });
  await expect(pill(page)).toContainText('Reconnecting');
  await expect(page.locator('.live-status')).toHaveText(/^Connection lost/);
  await expect(page.locator('.live-list')).toHaveAttribute('data-stale', 'true');
  const missed = await galaxy.emit(6);
  expect(await listed(page)).toEqual(before);
  isCut = false;
  await showsKills(page, missed);
  await expect(pill(page)).toContainText('Live');
  await expect(page.locator('.live-list')).not.toHaveAttribute('data-stale', 'true');
  const after = await listed(page);
  expect(after.slice(0, 6).sort()).toEqual([...missed].sort());
  expect(after.slice(6, 40), 'the gap is filled, the list continues').toEqual(before.slice(0, 34));
  expect(sockets.length).toBe(2);
});

test('more was missed than fits: the list starts afresh, without a hole', async ({ galaxy, open, page }) => {
  const sockets = [];
  let isCut = false;
  await page.routeWebSocket(/\/api\/v1\/stream$/, (socket) => {
    if (isCut) {
      socket.close({ code: 1012 });
      return;
    }
    socket.connectToServer();
    sockets.push(socket);
  });
  await open('/');
  await showsKills(page, await galaxy.emit(1));
  isCut = true;
  await sockets.at(-1).close({ code: 1012 });
  await expect(pill(page)).toContainText('Reconnecting');
  const missed = await galaxy.emit(260);
  isCut = false;
  await expect.poll(async () => (await listed(page))[0]).toBe(String((await galaxy.kills())[0].killmail_id));
  const shown = await listed(page);
  const known = (await galaxy.kills()).map((kill) => String(kill.killmail_id));
  expect(shown, 'no hole between the rows').toEqual(known.slice(0, shown.length));
  expect(missed).toContain(shown[0]);
  await expect(rows(page).first()).toBeVisible();
});
