// What holds for every page, on a desktop and on a phone: it hydrates without a complaint, fits, and passes axe.
import { axe, everyPage, expect, fitsWidth, hydrated, test } from '../fixtures.mjs';

const KINDS = [
  'live', 'live with a filter', 'kill', 'system', 'constellation', 'region', 'ship',
  'empty search', 'search', 'status', 'API documentation', 'not found',
];

for (const [index, kind] of KINDS.entries()) {
  test(`${kind}: one heading, a title, fits the window, accessible`, async ({ galaxy, page, problems }) => {
    const path = (await everyPage(galaxy))[index];
    const isMissing = path === '/nowhere';
    if (isMissing) problems.allow(/status of 404/); // the document itself
    const response = await page.goto(path, { waitUntil: 'domcontentloaded' });
    expect(response.status()).toBe(isMissing ? 404 : 200);
    if (path !== '/api/docs') await hydrated(page); // it has no script
    await expect(page.locator('h1')).toHaveCount(1);
    await expect(page.locator('main')).toHaveCount(1);
    await expect(page).toHaveTitle(/EVE PvP Tracker$/);
    await fitsWidth(page);
    await axe(page);
  });
}

test('the server answers every page with the headers that keep it to itself', async ({ galaxy, request }) => {
  for (const path of await everyPage(galaxy)) {
    const headers = (await request.get(path)).headers();
    expect(headers['content-security-policy'], path).toContain("default-src 'none'");
    expect(headers['content-security-policy'], path).not.toContain('unsafe-inline');
    expect(headers['x-content-type-options'], path).toBe('nosniff');
  }
});

test('from page to page in the browser: address, title, heading and announcement follow', async ({ open, page }) => {
  await open('/');
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Status' }).click();
  await expect(page).toHaveURL(/\/status$/);
  await expect(page).toHaveTitle('Status · EVE PvP Tracker');
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
  await expect(page.locator('#route-announcer')).toHaveText(/Status/);
  await page.goBack();
  await expect(page).toHaveTitle('Live kills · EVE PvP Tracker');
  await expect(page.locator('.kill-list > .kill-row').first()).toBeVisible();
});

test('the skip link leads past the navigation', async ({ open, page }) => {
  await open('/status');
  await page.keyboard.press('Tab');
  const skip = page.getByRole('link', { name: 'Skip to content' });
  await expect(skip).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.locator('#main')).toBeFocused();
});
