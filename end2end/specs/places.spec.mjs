// System, constellation and region: how busy, what is lost, who is near, the latest kills.
import { expect, listed, rows, test } from '../fixtures.mjs';

const somewhere = (galaxy) => galaxy.someKill('a kill in a place with a region', (kill) => kill.place.region_id && kill.place.constellation_id && ['highsec', 'lowsec', 'nullsec'].includes(kill.place.band)); // with gates to neighbours

for (const [kind, field, word] of [
  ['system', 'solar_system_id', 'Solar system'],
  ['constellation', 'constellation_id', 'Constellation'],
  ['region', 'region_id', 'Region'],
]) {
  test(`${kind}: name, numbers, activity by hour, what is lost, latest kills`, async ({ galaxy, open, page }) => {
    const kill = await somewhere(galaxy);
    const place = await galaxy.json(`/api/v1/${kind}s/${kill.place[field]}`);
    await open(`/${kind}/${kill.place[field]}`);
    await expect(page.locator('.place-kicker')).toHaveText(new RegExp(word));
    await expect(page.locator('h1')).toContainText(place.name);
    await expect(page.locator('.place-tiles dt')).toHaveText(['Kills', 'ISK lost', 'A kill costs', 'Busiest hour']);
    const count = Number((await page.locator('.place-tiles dd').first().innerText()).match(/[\d,]+/)[0].replaceAll(',', ''));
    expect(count).toBeGreaterThanOrEqual(1);
    await expect(page.getByRole('heading', { name: 'Activity by hour' })).toBeVisible();
    await expect(page.locator('.place-ships .rank').first()).toBeVisible();
    await expect(page.locator('.place-systems .rank').first()).toBeVisible();
    expect((await listed(page)).length).toBeGreaterThan(0);
    const known = (await galaxy.kills(`${kind}_id=${kill.place[field]}`)).map((one) => String(one.killmail_id));
    expect(known).toEqual(expect.arrayContaining((await listed(page)).slice(0, 20)));
    await page.getByRole('link', { name: 'Watch live' }).click();
    await expect(page).toHaveURL(new RegExp(`/\\?${kind}_id=${kill.place[field]}$`));
    await expect(rows(page).first()).toBeVisible();
  });
}

test('from the system up to its region and down again', async ({ galaxy, open, page }) => {
  const { place } = await somewhere(galaxy);
  await open(`/system/${place.solar_system_id}`);
  await page.locator('.place-up').getByRole('link', { name: place.region_name }).click();
  await expect(page).toHaveURL(new RegExp(`/region/${place.region_id}$`));
  await expect(page.locator('h1')).toContainText(place.region_name);
  await page.locator('.place-systems .rank a').first().click();
  await expect(page).toHaveURL(/\/system\/\d+$/);
  await expect(page.locator('.place-kicker')).toHaveText(/Solar system/);
});

test('a ship of the top list leads to its losses in this place', async ({ galaxy, open, page }) => {
  const { place } = await somewhere(galaxy);
  await open(`/region/${place.region_id}`);
  const link = page.locator('.place-ships .rank-name').first();
  const name = await link.innerText();
  await link.click();
  await expect(page).toHaveURL(new RegExp(`/\\?region_id=${place.region_id}&ship_type_id=\\d+$`));
  await expect.poll(() => rows(page).locator('.kill-name').evaluateAll((all) => [...new Set(all.map((one) => one.textContent))])).toEqual([name]);
});

test('a place without kills says so', async ({ galaxy, open, page, request }) => {
  // A system nobody was lost in: the API says which.
  const quiet = [];
  for (let id = 30_000_001; id < 30_000_200 && quiet.length === 0; id += 1) {
    const answer = await request.get(`/api/v1/systems/${id}`);
    if (answer.ok() && (await galaxy.kills(`system_id=${id}`)).length === 0) quiet.push(id);
  }
  await open(`/system/${quiet[0]}`);
  await expect(page.getByText('No kill is known here yet.')).toBeVisible();
  await expect(page.getByText('Nothing was lost here in this time.')).toBeVisible();
});
