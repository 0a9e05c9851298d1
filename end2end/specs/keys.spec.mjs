// The live page by keyboard, and the panel beside the list.
import { axe, expect, listed, rows, test } from '../fixtures.mjs';

const selected = (page) => page.locator('.kill-row[data-selected]');
const panel = (page) => page.getByRole('complementary', { name: 'Selected kill' });

test('j and k walk, the panel follows, x closes it', async ({ openLive, page }) => {
  await openLive('/');
  const ids = await listed(page);
  await page.keyboard.press('j');
  await expect(selected(page)).toHaveAttribute('data-kill', ids[0]);
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await expect(selected(page)).toHaveAttribute('data-kill', ids[2]);
  await expect(rows(page).nth(2).locator('.kill-open')).toBeFocused();
  await page.keyboard.press('k');
  await expect(selected(page)).toHaveAttribute('data-kill', ids[1]);
  await expect(panel(page).getByRole('link', { name: 'Open the kill' })).toHaveAttribute('href', `/kill/${ids[1]}`);
  await expect(panel(page).getByText(/\d+ attackers?$/)).toBeVisible();
  await expect(panel(page).locator('.detail-attacker').first()).toBeVisible();
  await axe(page, { include: '.live-columns' });
  await page.keyboard.press('x');
  await expect(selected(page)).toHaveCount(0);
  await expect(panel(page)).toHaveCount(0);
});

test('Enter opens the selected kill; going back finds the live list', async ({ openLive, page }) => {
  await openLive('/');
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  const id = await selected(page).getAttribute('data-kill');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(`/kill/${id}$`));
  await expect(page.locator('article.kill-page h1')).toBeVisible();
  await page.goBack();
  await expect(rows(page).first()).toBeVisible();
});

test('keys pressed within one frame meet the row they were meant for', async ({ openLive, page }) => {
  await openLive('/');
  const ids = await listed(page);
  const focused = await page.evaluate(() => {
    for (let i = 0; i < 3; i += 1) window.dispatchEvent(new KeyboardEvent('keydown', { key: 'j' }));
    return document.activeElement.closest('.kill-row')?.dataset.kill;
  });
  expect(focused).toBe(ids[2]);
});

test('f filters by the selected ship, or by the name that has the focus', async ({ openLive, page }) => {
  await openLive('/');
  await page.keyboard.press('j');
  const ship = await selected(page).locator('.kill-name').getAttribute('href');
  await page.keyboard.press('f');
  await expect(page).toHaveURL(ship);
  await page.goto('/');
  await page.locator('html[data-hydrated]').waitFor({ state: 'attached' });
  const system = rows(page).nth(1).locator('.kill-system');
  const address = await system.getAttribute('href');
  await system.focus();
  await page.keyboard.press('f');
  await expect(page).toHaveURL(address);
});

test('p pauses and goes on', async ({ openLive, page }) => {
  await openLive('/');
  await page.keyboard.press('p');
  await expect(page.locator('.live-status')).toHaveText('Paused.');
  await page.keyboard.press('p');
  await expect(page.locator('.live-status')).toHaveText('');
});

test('/ goes to the filter, where letters are letters again', async ({ openLive, page }) => {
  await openLive('/');
  await page.keyboard.press('/');
  const field = page.getByRole('combobox', { name: /^Filter by place/ });
  await expect(field).toBeFocused();
  await page.keyboard.type('jp?');
  await expect(field).toHaveValue('jp?');
  await expect(selected(page)).toHaveCount(0);
  await expect(page.locator('.live-status')).toHaveText('');
  await page.keyboard.press('Escape');
  await expect(field).not.toBeFocused();
});

test('? lists the keys; Escape closes the list', async ({ openLive, page }) => {
  await openLive('/');
  await page.keyboard.press('?');
  const dialog = page.getByRole('dialog', { name: 'Keys' });
  await expect(dialog).toBeVisible();
  for (const key of ['j', 'k', 'Enter', 'x', 'f', 'p', '/', 'Ctrl K', '?']) {
    await expect(dialog.locator('kbd').getByText(key, { exact: true })).toBeVisible();
  }
  await axe(page, { include: 'dialog[open]' });
  await page.keyboard.press('p');
  await expect(page.locator('.live-status'), 'keys belong to the dialog').toHaveText('');
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
});

test('a click on a row opens the panel, a second one the kill', async ({ openLive, page }) => {
  await openLive('/');
  const row = rows(page).nth(3);
  const id = await row.getAttribute('data-kill');
  const { y, height } = await row.boundingBox();
  const gap = await row.locator('.kill-age').boundingBox();
  await page.mouse.click(gap.x + gap.width / 2, y + height / 2);
  await expect(selected(page)).toHaveAttribute('data-kill', id);
  await expect(panel(page)).toBeVisible();
  await page.locator(`.kill-row[data-kill="${id}"] .kill-open`).click();
  await expect(page).toHaveURL(new RegExp(`/kill/${id}$`));
});
