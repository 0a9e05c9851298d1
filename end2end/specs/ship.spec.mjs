// The page of a ship: usual fits, what a loss costs, who loses and who kills it, latest losses.
import { axe, expect, fitsWidth, listed, rows, test } from '../fixtures.mjs';

/** The ship lost most often among the newest kills, with its losses. */
async function popular(galaxy) {
  await galaxy.someFittedShip();
  const losses = new Map();
  for (const kill of await galaxy.kills()) {
    if (kill.ship.name && kill.ship.group_name !== 'Capsule') losses.set(kill.ship.type_id, [...(losses.get(kill.ship.type_id) ?? []), kill]);
  }
  return [...losses.values()].sort((a, b) => b.length - a.length)[0];
}

const number = (text) => Number(text.match(/[\d,]+/)[0].replaceAll(',', ''));

test('name, window, numbers, fits, spread, both sides and latest losses', async ({ galaxy, open, page }) => {
  const [{ ship }] = await popular(galaxy);
  const stats = await galaxy.json(`/api/v1/types/${ship.type_id}/stats?window=7`);
  await open(`/type/${ship.type_id}?window=7`);
  await expect(page.locator('h1')).toHaveText(ship.name);
  await expect(page).toHaveTitle(`${ship.name} · EVE PvP Tracker`);
  await expect(page.locator('.ship-windows [aria-current]')).toHaveText('7 days');
  await expect(page.locator('.ship-tiles dt')).toContainText(['Losses', 'ISK lost', 'Median value']);
  expect(number(await page.locator('.ship-tiles dd').first().innerText())).toBeGreaterThanOrEqual(stats.n);
  for (const aside of await page.locator('.ship-tiles .tile-aside').allInnerTexts()) expect(aside).toContain('last 7 days');
  await expect(page.locator('.fit').first()).toBeVisible();
  await expect(page.getByRole('img', { name: /^Value of a loss/ })).toBeVisible();
  await expect(page.locator('.ship-killers .rank').first()).toBeVisible();
  await expect(page.locator('.ship-losers .rank').first()).toBeVisible();
  expect((await listed(page)).length).toBeGreaterThan(0);
  await axe(page);
  await fitsWidth(page);
});

test('a fit opens: its modules by rack, its text, its example', async ({ galaxy, open, page }) => {
  const [{ ship }] = await popular(galaxy);
  await open(`/type/${ship.type_id}`);
  const fit = page.locator('.fit').first();
  await expect(fit.locator('.fit-body')).toBeHidden();
  await fit.locator('.fit-head').click();
  await expect(fit.locator('.fit-body')).toBeVisible();
  await expect(fit.getByRole('heading', { level: 3 }).first()).toBeVisible();
  await expect(fit.getByRole('button', { name: 'Copy fit (EFT)' })).toBeVisible();
  await fit.getByText('Fit as text').click();
  await expect(fit.getByRole('textbox', { name: 'Fit in EFT format' })).toHaveValue(new RegExp(`^\\s*\\[${ship.name},`));
  await axe(page, { include: '.ship-fits' });
  await fit.getByRole('link', { name: 'Example loss' }).click();
  await expect(page).toHaveURL(/\/kill\/\d+$/);
  await expect(page.locator('h1')).toContainText(ship.name);
});

test('the window is a choice in the address and stays while paging', async ({ galaxy, open, page }) => {
  const [{ ship }] = await popular(galaxy);
  await open(`/type/${ship.type_id}`);
  await page.getByRole('navigation', { name: 'Window of the numbers' }).getByRole('link', { name: '90 days' }).click();
  await expect(page).toHaveURL(/\?window=90$/);
  await expect(page.locator('.ship-windows [aria-current]')).toHaveText('90 days');
  await expect(page.locator('.ship-tiles .tile-aside').first()).toContainText('90 days');
});

test('the spread has its numbers as a table', async ({ galaxy, open, page }) => {
  const [{ ship }] = await popular(galaxy);
  await open(`/type/${ship.type_id}`);
  await page.locator('.histogram').first().getByText('As a table').click();
  await expect(page.getByRole('table', { name: 'Value of a loss, by range' })).toBeVisible();
});

test('ways to the page: a row, the headline of a kill, a search; and from it to the live list', async ({ galaxy, open, openLive, page }) => {
  const kill = await galaxy.someFittedShip();
  const { ship } = kill;
  const here = new RegExp(`/type/${ship.type_id}$`);
  await openLive(`/?ship_type_id=${ship.type_id}`);
  await rows(page).first().getByRole('link', { name: `${ship.name}: fits and losses` }).click();
  await expect(page).toHaveURL(here);
  await expect(page.locator('h1')).toHaveText(ship.name);
  await page.getByRole('link', { name: 'Watch live' }).click();
  await expect(page).toHaveURL(new RegExp(`/\\?ship_type_id=${ship.type_id}$`));
  await open(`/kill/${kill.killmail_id}`);
  await page.locator('.hero-ship').click();
  await expect(page).toHaveURL(here);
  await open(`/search?q=${encodeURIComponent(ship.name)}`);
  await page.locator(`a.search-hit[href="/type/${ship.type_id}"]`).click();
  await expect(page).toHaveURL(here);
});

test('addresses of other sites, and ones that lead nowhere', async ({ open, page, problems }) => {
  problems.allow(/status of 40[04]/); // the documents themselves
  expect((await open('/ship/587/')).status()).toBe(200);
  await expect(page).toHaveURL(/\/type\/587\/$/);
  await expect(page.locator('h1')).toHaveText('Rifter');
  expect((await open('/type/abc')).status()).toBe(400);
  expect((await open('/type/587?window=8')).status()).toBe(400);
  await expect(page.getByText('is 7, 30 or 90 (days)').first()).toBeVisible();
  expect((await open('/type/999999999')).status()).toBe(404);
});

test('a type nobody lost says so', async ({ open, page }) => {
  await open('/type/2048');
  await expect(page.locator('h1')).toHaveText('Damage Control II');
  await expect(page.getByText('No Damage Control II was lost in this window.')).toBeVisible();
  await axe(page);
});
