// Without JavaScript: everything can be read, filtered, paged and searched.
import { everyPage, expect, fitsWidth, listed, rows, test } from '../fixtures.mjs';

test('every page is readable and fits', async ({ galaxy, open, page, problems }) => {
  problems.allow(/status of 404 .*\/nowhere\)$/); // the document itself
  for (const path of await everyPage(galaxy)) {
    const response = await open(path);
    expect(response.status(), path).toBe(path === '/nowhere' ? 404 : 200);
    await expect(page.locator('h1'), path).toHaveCount(1);
    await expect(page.locator('h1'), path).toBeVisible();
    await expect(page.getByText(/^Loading/), path).toHaveCount(0);
    await fitsWidth(page);
  }
});

test('the live list and its form', async ({ open, page }) => {
  await open('/');
  await expect(rows(page)).toHaveCount(100);
  await expect(page.locator('.feed-pill')).toContainText('Live');
  await page.getByRole('textbox', { name: 'Min ISK' }).fill('50m');
  await page.getByRole('checkbox', { name: 'Low' }).check({ force: true });
  await page.getByRole('combobox', { name: 'NPC' }).selectOption({ label: 'No NPC' });
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(page).toHaveURL(/band=lowsec/);
  await expect(page).toHaveURL(/min_value=50m/);
  const values = await rows(page).locator('.kill-value .isk').evaluateAll((all) => all.map((data) => Number(data.value ?? 0)));
  expect(Math.min(...values)).toBeGreaterThanOrEqual(50_000_000);
  await expect(page.getByRole('checkbox', { name: 'Low' })).toBeChecked();
  await expect(page.getByRole('textbox', { name: 'Min ISK' })).toHaveValue('50m');
  await page.getByRole('list', { name: 'Active filters' }).getByRole('link', { name: /At least/ }).click();
  await expect(page).toHaveURL(/\?band=lowsec&npc=false$/);
});

test('a filter by id survives the form', async ({ galaxy, open, page }) => {
  const kill = await galaxy.someKill('any kill', (one) => one.place.region_id);
  await open(`/?region_id=${kill.place.region_id}`);
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(page).toHaveURL(new RegExp(`region_id=${kill.place.region_id}`));
  await expect(page.locator('.chip')).toHaveCount(1);
});

test('paging by links, names filter', async ({ open, page }) => {
  await open('/');
  const live = await listed(page);
  await page.getByRole('link', { name: 'Older kills' }).click();
  const older = await listed(page);
  expect(older.length).toBeGreaterThan(0);
  expect(older.filter((id) => live.includes(id))).toEqual([]);
  await page.getByRole('link', { name: 'Newer' }).click();
  expect((await listed(page)).filter((id) => live.includes(id)).length).toBeGreaterThan(0);
  await page.getByRole('link', { name: 'Back to live' }).click();
  const name = await rows(page).first().locator('.kill-name').innerText();
  await rows(page).first().locator('.kill-name').click();
  await expect(page.locator('.chip').first()).toContainText(name);
});

test('a kill with attackers and the fit as text', async ({ galaxy, open, page }) => {
  const kill = await galaxy.someFittedShip();
  const { attackers, eft } = await galaxy.json(`/api/v1/killmails/${kill.killmail_id}`);
  await open(`/kill/${kill.killmail_id}`);
  await expect(page.locator('.attacker')).toHaveCount(attackers.length);
  await page.getByText('Fit as text').click();
  const text = page.getByRole('textbox', { name: 'Fit in EFT format' });
  await expect(text).toBeVisible();
  expect((await text.inputValue()).trim()).toBe(eft.trim());
  await expect(page.getByRole('link', { name: 'Raw JSON' })).toBeVisible();
  await expect(page.getByRole('img', { name: /^Fitting of/ })).toBeVisible();
});

test('a ship: fits open, the window is a link, paging works', async ({ galaxy, open, page }) => {
  const { ship } = await galaxy.someFittedShip();
  await open(`/type/${ship.type_id}`);
  await page.locator('.fit-head').first().click();
  await expect(page.locator('.fit-body').first()).toBeVisible();
  await page.getByRole('link', { name: '7 days' }).click();
  await expect(page).toHaveURL(/\?window=7$/);
  await expect(page.locator('h1')).toHaveText(ship.name);
});

test('the search form', async ({ open, page }) => {
  await open('/');
  await page.getByRole('link', { name: 'Search, Control K' }).click();
  await page.getByRole('searchbox').fill('jita');
  await page.getByRole('button', { name: 'Search' }).click();
  await expect(page).toHaveURL(/\/search\?q=jita$/);
  await page.getByRole('link', { name: /^Jita/ }).first().click();
  await expect(page.locator('h1')).toContainText('Jita');
});

test('the row height of the cookie is what the server sends', async ({ context, galaxy, open, page }) => {
  await context.addCookies([{ name: 'density', value: 'compact', url: galaxy.url }]);
  await open('/');
  await expect(page.locator('.kill-table')).toHaveAttribute('data-density', 'compact');
});
