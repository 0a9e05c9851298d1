// The status page: what an operator wants to know, kept fresh.
import { expect, test } from '../fixtures.mjs';

test('says in one sentence whether kills arrive, and lists feeds, queues, database and data', async ({ galaxy, open, page }) => {
  await galaxy.emit(1);
  await open('/status');
  await expect(page.locator('.status-verdict')).toHaveText(/Kills arrive from wanderer-kills, .+ after the kill\./);
  for (const heading of ['Feeds', 'Queues', 'Database', 'Data and server', 'Data']) {
    await expect(page.getByRole('heading', { level: 2, name: heading, exact: true })).toBeVisible();
  }
  const feeds = page.getByRole('table', { name: 'Feeds in order of preference' });
  await expect(feeds.getByRole('row')).toHaveCount(3);
  await expect(feeds.getByRole('row', { name: /wanderer-kills/ })).toContainText('Active');
  await expect(feeds.getByRole('row', { name: /zKillboard R2Z2/ })).toContainText(/Standby|Failed/); // failed if an outage of another test was its last
  expect(await page.getByRole('meter').count()).toBeGreaterThan(0);
  for (const fact of [/State\s*Reachable/, /ESI\s*Asked/, /Build\s*types/]) {
    await expect(page.locator('.facts').filter({ hasText: fact })).not.toHaveCount(0);
  }
});

test('says how fresh and complete the data is', async ({ galaxy, open, page }) => {
  await galaxy.emit(1);
  await open('/status');
  const panel = page.locator('.data-status');
  for (const fact of [/Version \d+[^]*current/, /Dead letters/]) {
    await expect(panel.locator('.facts').filter({ hasText: fact })).not.toHaveCount(0);
  }
  await expect(panel.getByRole('table', { name: 'Sources of prices, best first' }).getByRole('row', { name: /ESI/ }).first()).toBeVisible();
  await expect(panel.getByRole('table', { name: 'Caches of this server' }).getByRole('row')).not.toHaveCount(1);
});

test('the numbers move on by themselves', async ({ galaxy, open, page }) => {
  await open('/status');
  const cell = page.getByRole('row', { name: /wanderer-kills/ }).locator('td.number').first();
  const events = async () => Number((await cell.innerText()).replace(/\D/g, ''));
  const before = await events();
  await galaxy.emit(4);
  await expect.poll(events).toBeGreaterThanOrEqual(before + 4);
});

test('when the server does not answer, the last numbers stay and the page says so', async ({ open, page, problems }) => {
  problems.allow(/Failed to load resource|ERR_FAILED/); // the refused request
  await open('/status');
  await page.route('**/api/fn/status*', (route) => route.abort());
  await expect(page.getByText('The server does not answer; these are the last numbers it gave.')).toBeVisible();
  await expect(page.locator('.status-verdict')).toHaveText(/Kills arrive/);
  await page.unroute('**/api/fn/status*');
  await expect(page.getByText('The server does not answer')).toHaveCount(0);
});
