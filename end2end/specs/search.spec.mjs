// Search: the palette over every page, and the search page.
import { axe, expect, test } from '../fixtures.mjs';

const palette = (page) => page.getByRole('dialog', { name: 'Search' });
const input = (page) => palette(page).getByRole('combobox');

test('Ctrl-K opens the palette; arrows choose, Enter goes there', async ({ open, page }) => {
  await open('/status');
  await page.keyboard.press('Control+k');
  await expect(input(page)).toBeFocused();
  await page.keyboard.type('jita');
  const hits = palette(page).getByRole('option');
  await expect(hits.first()).toContainText(/jita/i);
  await expect(palette(page).getByRole('status')).toHaveText(/\d+ hits?/);
  await expect(hits.first()).toHaveAttribute('aria-selected', 'true');
  await axe(page, { include: 'dialog[open]' });
  const count = await hits.count();
  if (count > 1) {
    await page.keyboard.press('ArrowDown');
    await expect(hits.nth(1)).toHaveAttribute('aria-selected', 'true');
    await expect(input(page)).toHaveAttribute('aria-activedescendant', await hits.nth(1).getAttribute('id'));
    await page.keyboard.press('ArrowUp');
  }
  await expect(hits.first()).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/system\/30000142$/);
  await expect(page.locator('h1')).toContainText('Jita');
  await expect(palette(page)).toBeHidden();
});

test('a pick is remembered; Escape closes, Ctrl-K again too', async ({ open, page }) => {
  await open('/');
  await page.getByRole('link', { name: 'Search, Control K' }).click();
  await page.keyboard.type('perimeter');
  const hit = palette(page).getByRole('option').filter({ hasText: 'Perimeter' }).first();
  await hit.click();
  await expect(page).toHaveURL(/\/system\/\d+$/);
  await page.keyboard.press('Control+k');
  await expect(palette(page).getByRole('status')).toHaveText('Recent searches');
  await expect(palette(page).getByRole('option').first()).toContainText('Perimeter');
  await page.keyboard.press('Escape');
  await expect(palette(page)).toBeHidden();
  await page.keyboard.press('Control+k');
  await expect(palette(page)).toBeVisible();
  await page.keyboard.press('Control+k');
  await expect(palette(page)).toBeHidden();
});

test('a pilot who was on a kill is found by name and leads to their kills', async ({ galaxy, open, page }) => {
  const kill = await galaxy.someKill('a named pilot', (one) => one.victim.character?.name);
  const { id, name } = kill.victim.character;
  await open('/');
  await page.keyboard.press('Control+k');
  await page.keyboard.type(name);
  await expect(palette(page).getByRole('option').first()).toContainText(name);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(`/\\?character_id=${id}$`));
  await expect(page.locator(`.kill-row[data-kill="${kill.killmail_id}"]`)).toBeVisible();
});

test('a kill is found by its id', async ({ galaxy, open, page }) => {
  const { killmail_id: id } = await galaxy.someKill('any kill', () => true);
  await open('/status');
  await page.keyboard.press('Control+k');
  await page.keyboard.type(String(id));
  await expect(palette(page).getByRole('option').first()).toContainText(String(id));
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(`/kill/${id}$`));
});

test('nothing found: Enter leads to the search page, which says so', async ({ open, page }) => {
  await open('/status');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('zzzqqq');
  await expect(palette(page).getByRole('status')).toHaveText('Nothing found.');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/search\?q=zzzqqq$/);
  await expect(page.getByText('Nothing is called “zzzqqq”')).toBeVisible();
});

test('/search?q= lists by kind and searches again from its form', async ({ open, page }) => {
  await open('/search?q=tama');
  await expect(page).toHaveTitle(/^tama · Search/);
  await expect(page.getByRole('status').filter({ hasText: 'for “tama”' })).toBeVisible();
  await expect(page.locator('.search-group').filter({ has: page.getByRole('heading', { name: /^Systems/ }) }).getByRole('link', { name: /^Tama/ })).toHaveAttribute('href', '/system/30002813');
  const field = page.getByRole('searchbox');
  await field.fill('rifter');
  await field.press('Enter');
  await expect(page).toHaveURL(/\/search\?q=rifter$/);
  await expect(page.getByRole('link', { name: /^Rifter/ }).first()).toHaveAttribute('href', '/type/587');
  await page.goBack();
  await expect(field).toHaveValue('tama');
});

test('one letter is too little, and markup is text', async ({ open, page }) => {
  await open('/search?q=a');
  await expect(page.getByText('At least two letters, please')).toBeVisible();
  await open(`/search?q=${encodeURIComponent('<img src=x>zz')}`);
  await expect(page.getByText('Nothing is called “<img src=x>zz”')).toBeVisible();
});
