// The losses of a filter by ISK, EHP or DPS, largest first.
import { axe, expect, fitsWidth, listed, rows, test } from '../fixtures.mjs';
import { eventually } from '../galaxy.mjs';

const numbers = (page) => rows(page).locator('.kill-value data').evaluateAll((all) => all.map((data) => Number(data.value)));
const descending = (all) => [...all].sort((one, other) => other - one);

test('from the live list with its filter to the most hit points, and back', async ({ galaxy, openLive, page }) => {
  await eventually('kills with known fits', async () => (await galaxy.kills('npc=false&min_ehp=1')).length >= 5);
  await openLive('/?npc=false');
  await page.getByRole('link', { name: 'Sort', exact: true }).click();
  await expect(page).toHaveURL(/\/ranked\?npc=false&sort=value$/);
  const order = page.getByRole('navigation', { name: 'Order' });
  await expect(order.locator('[aria-current]')).toHaveText('ISK');
  await order.getByRole('link', { name: 'EHP' }).click();
  await expect(page).toHaveURL(/\/ranked\?npc=false&sort=ehp$/);
  await expect(page.locator('h1')).toHaveText('Losses by EHP');
  const shown = await numbers(page);
  expect(shown.length).toBeGreaterThanOrEqual(5);
  expect(shown).toEqual(descending(shown));
  await axe(page);
  await fitsWidth(page);
  await page.getByRole('link', { name: 'Remove filter NPC: none' }).click();
  await expect(page).toHaveURL(/\/ranked\?sort=ehp$/);
  // The address changes at once, the links with the list that comes for it.
  const newest = page.getByRole('navigation', { name: 'Order' }).getByRole('link', { name: 'Newest' });
  await expect(newest).toHaveAttribute('href', '/');
  await newest.click();
  await expect(page).toHaveURL(/\/$/);
});

test('pages go on where the one before ended', async ({ galaxy, open, page }) => {
  await eventually('more than a page of losses', async () => {
    await galaxy.emit(40);
    return (await galaxy.kills('min_value=1')).length > 120;
  });
  await open('/ranked?sort=value');
  const first = await listed(page);
  await page.getByRole('link', { name: 'Smaller' }).click();
  await expect(page).toHaveURL(/before=value\./);
  await expect.poll(async () => (await listed(page)).filter((id) => first.includes(id)), 'another page').toEqual([]);
  expect((await listed(page)).length).toBeGreaterThan(0);
  await page.getByRole('link', { name: 'Largest' }).click();
  await expect(page).toHaveURL(/\?sort=value$/);
});
