// The filter: lives in the URL, is obeyed by the page and by the stream, and is taken apart by chips.
import { axe, expect, listed, rows, showsKills, test } from '../fixtures.mjs';
import { eventually } from '../galaxy.mjs';

const chips = (page) => page.getByRole('list', { name: 'Active filters' });
const isk = (page) => rows(page).locator('.kill-value .isk').evaluateAll((all) => all.map((data) => Number(data.value ?? 0)));
const named = (page, selector) => rows(page).locator(selector).evaluateAll((all) => [...new Set(all.map((one) => one.textContent))]);

test('a minimum of ISK: URL, rows and stream obey; reload keeps it; its chip removes it', async ({ galaxy, openLive, page }) => {
  await openLive('/');
  const field = page.getByRole('textbox', { name: 'Min ISK' });
  await field.fill('50m');
  await field.press('Enter');
  await expect(page).toHaveURL(/\?min_value=50000000$/);
  await expect(chips(page).getByRole('link', { name: 'Remove filter At least: 50m ISK' })).toBeVisible();
  await expect.poll(async () => Math.min(...await isk(page))).toBeGreaterThanOrEqual(50_000_000);

  const ids = await galaxy.emit(40);
  const dear = (await galaxy.kills('min_value=50m')).map((kill) => String(kill.killmail_id));
  const wanted = ids.filter((id) => dear.includes(id));
  await showsKills(page, wanted);
  expect((await listed(page)).filter((id) => ids.includes(id)).sort()).toEqual(wanted.sort());

  await page.reload();
  await expect(field).toHaveValue('50m');
  expect(Math.min(...await isk(page))).toBeGreaterThanOrEqual(50_000_000);
  await axe(page);

  await chips(page).getByRole('link', { name: /At least/ }).click();
  await expect(page).toHaveURL(/\/$/);
  await expect(field).toHaveValue('');
  await expect.poll(async () => Math.min(...await isk(page))).toBeLessThan(50_000_000);
});

test('an amount that cannot be read is said and not applied', async ({ openLive, page }) => {
  await openLive('/');
  const field = page.getByRole('textbox', { name: 'Max ISK' });
  await field.fill('plenty');
  await field.press('Tab');
  await expect(page.getByText('Write it like 1.5b or 250m.')).toBeVisible();
  await expect(field).toHaveAttribute('aria-invalid', 'true');
  await expect(page).toHaveURL(/\/$/);
  await axe(page, { include: '.filter-bar' });
});

test('what the fit could do: its fields are in a fold, and list and chips obey', async ({ galaxy, openLive, page }) => {
  const fitted = (kill) => kill.ehp !== undefined && kill.ehp !== null;
  const known = await eventually('kills with known fits', async () => {
    const some = (await galaxy.kills()).filter(fitted);
    return some.length >= 10 && some;
  });
  const middle = Math.round(known.map(({ ehp }) => ehp).sort((one, other) => one - other)[known.length >> 1]);
  await openLive('/');
  await page.getByText('Fit', { exact: true }).click();
  const field = page.getByRole('textbox', { name: 'Min EHP' });
  await field.fill(String(middle));
  await field.press('Enter');
  await expect(page).toHaveURL(new RegExp(`min_ehp=${middle}$`));
  await expect(chips(page).getByRole('link', { name: /^Remove filter At least: [\d,]+ EHP$/ })).toBeVisible();
  const strong = new Set((await galaxy.kills(`min_ehp=${middle}`)).map((kill) => String(kill.killmail_id)));
  expect(strong.size).toBeGreaterThan(0);
  await expect.poll(async () => (await listed(page)).filter((id) => !strong.has(id))).toEqual([]);
  await axe(page);
  await page.getByRole('textbox', { name: 'Min DPS' }).fill('a lot');
  await page.getByRole('textbox', { name: 'Min DPS' }).press('Tab');
  await expect(page.getByText('Write it like 800 or 1.2k.')).toBeVisible();
});

test('a kind of tank: its choice is in the fold, and list and chips obey', async ({ galaxy, openLive, page }) => {
  await galaxy.someKill('a kill with a shield tank', (kill) => kill.tank?.startsWith('shield'));
  await openLive('/');
  await page.getByText('Fit', { exact: true }).click();
  await page.getByRole('combobox', { name: 'Tank' }).selectOption({ label: 'Shield tank' });
  await expect(page).toHaveURL(/\?tank=shield_buffer%2Cshield_active$/);
  await expect(chips(page).getByRole('link', { name: 'Remove filter Tank: shield buffer' })).toBeVisible();
  await expect.poll(async () => {
    const shield = new Set((await galaxy.kills('tank=shield')).map((kill) => String(kill.killmail_id)));
    const shown = await listed(page);
    return shown.length > 0 && shown.every((id) => shield.has(id));
  }).toBe(true);
  await page.reload();
  await expect(page.locator('select[name="tank"]')).toHaveValue('shield');
});

test('security bands narrow and widen', async ({ openLive, page }) => {
  await openLive('/');
  const bands = () => rows(page).locator('.kill-place .security').evaluateAll((all) => [...new Set(all.map((one) => one.dataset.band))].sort());
  await page.locator('.band-chip[data-band="lowsec"]').click();
  await expect(page).toHaveURL(/\?band=lowsec$/);
  await expect.poll(bands).toEqual(['lowsec']);
  await page.locator('.band-chip[data-band="nullsec"]').click();
  await expect(page).toHaveURL(/band=lowsec%2Cnullsec$/);
  await expect.poll(bands).toEqual(['lowsec', 'nullsec']);
  await expect(page.getByRole('checkbox', { name: 'Low' })).toBeChecked();
  await chips(page).getByRole('link', { name: 'Clear all' }).click();
  await expect(page).toHaveURL(/\/$/);
  await expect(page.getByRole('checkbox', { name: 'Low' })).not.toBeChecked();
});

for (const [what, selector, parameter, chip] of [
  ['system', '.kill-system', 'system_id', 'System'],
  ['ship', '.kill-name', 'ship_type_id', 'Ship'],
]) {
  test(`a click on a ${what} filters by it`, async ({ openLive, page }) => {
    await openLive('/');
    const link = rows(page).first().locator(selector);
    const name = await link.innerText();
    await link.click();
    await expect(page).toHaveURL(new RegExp(`\\?${parameter}=\\d+$`));
    await expect(chips(page).getByRole('link', { name: `Remove filter ${chip}: ${name}` })).toBeVisible();
    await expect.poll(() => named(page, selector)).toEqual([name]);
  });
}

// What is a mark, not a name: every row that is left has it too.
for (const [what, mark, parameter, chip, passes] of [
  ['the ISK', '.kill-value', /\?min_value=[\d.]+$/, /^Remove filter At least: .+ ISK$/, (row, first) => row.isk >= first.isk],
  ['the security', '.kill-place', /\?band=[a-z]+$/, /^Remove filter Security: /, (row, first) => row.band === first.band],
  ['Solo', '.kill-line:has([data-badge="solo"])', /\?solo=true$/, 'Remove filter Solo: only', (row) => row.badges.includes('solo')],
  ['NPC', '.kill-line:has([data-badge="npc"])', /\?npc=true$/, 'Remove filter NPC: only', (row) => row.badges.includes('npc')],
]) {
  test(`a click on ${what} filters by it`, async ({ galaxy, openLive, page }) => {
    // There may be no such kill yet.
    await galaxy.someKill('a kill with the mark', (kill) => ({ Solo: kill.is_solo, NPC: kill.is_npc })[what] ?? (kill.total_value && kill.place.band));
    const facts = (all) => all.map((row) => ({
      isk: Number(row.querySelector('.kill-value .isk').value ?? 0),
      band: row.querySelector('.kill-place .security').dataset.band,
      badges: [...row.querySelectorAll('.badge')].map((badge) => badge.dataset.badge),
    }));
    await openLive('/');
    const id = await rows(page).filter({ has: page.locator(`${mark} .mark-link`) }).first().getAttribute('data-kill');
    const row = page.locator(`.kill-row[data-kill="${id}"]`);
    const [first] = await row.evaluateAll(facts);
    await row.locator(`${mark} .mark-link`).first().click();
    await expect(page).toHaveURL(parameter);
    await expect(chips(page).getByRole('link', { name: chip })).toBeVisible();
    await expect(page.locator('.detail')).toBeHidden();
    await expect.poll(async () => {
      const all = await rows(page).evaluateAll(facts);
      return all.length > 0 && all.every((one) => passes(one, first));
    }).toBe(true);
    await axe(page, { include: '.live-list' });
  });
}

test('a click on a pilot filters by them, within the filter that is there', async ({ openLive, page }) => {
  await openLive('/?npc=false');
  const link = page.locator('.kill-victim .party-main .name-link').first();
  const name = await link.innerText();
  await link.click();
  await expect(page).toHaveURL(/\?character_id=\d+&npc=false$|\?corporation_id=\d+&npc=false$/);
  await expect(chips(page).locator('.chip')).toHaveCount(2);
  await expect(chips(page).getByRole('link', { name: new RegExp(`: ${name}$`) })).toBeVisible();
  await expect.poll(async () => (await rows(page).allInnerTexts()).every((text) => text.includes(name) || /\+\d/.test(text))).toBe(true);
});

test('solo, NPC and side are choices that stay over a reload', async ({ openLive, page }) => {
  await openLive('/');
  await page.getByRole('combobox', { name: 'Solo' }).selectOption({ label: 'Solo only' });
  await expect(page).toHaveURL(/\?solo=true$/);
  await expect.poll(async () => {
    const all = await rows(page).count();
    return all > 0 && all === await page.locator('[data-badge="solo"]').count();
  }).toBe(true);
  await page.getByRole('combobox', { name: 'Side of pilots and ships' }).selectOption('victim');
  await expect(page).toHaveURL(/\?side=victim&solo=true$/);
  await page.reload();
  await expect(page.getByRole('combobox', { name: 'Solo' })).toHaveValue('true');
  await expect(page.getByRole('combobox', { name: 'Side of pilots and ships' })).toHaveValue('victim');
  await page.goBack();
  await expect(page.getByRole('combobox', { name: 'Side of pilots and ships' })).toHaveValue('');
});

test('a ship found by typing is added to the filter', async ({ galaxy, openLive, page }) => {
  const kill = await galaxy.someKill('a ship', (one) => one.ship.name && one.ship.name !== 'Capsule');
  await openLive('/');
  const field = page.getByRole('combobox', { name: /^Filter by place/ });
  await field.fill(kill.ship.name);
  const hit = page.locator('#filter-hits').getByRole('option').filter({ has: page.getByText(kill.ship.name, { exact: true }) }).first();
  await expect(hit).toBeVisible();
  await axe(page, { include: '.filter-bar' });
  await hit.click();
  await expect(page).toHaveURL(new RegExp(`ship_type_id=${kill.ship.type_id}$`));
  await expect(field).toHaveValue('');
  await expect.poll(() => named(page, '.kill-name')).toEqual([kill.ship.name]);
});

test('nothing passes the filter: the page says so and offers a way out', async ({ openLive, page }) => {
  await openLive('/?min_value=99999999999999');
  await expect(page.getByText('No kill passes this filter yet')).toBeVisible();
  await axe(page);
  await page.getByRole('link', { name: 'Clear the filter' }).click();
  await expect(rows(page).first()).toBeVisible();
});

test('a filter in the address that makes no sense is an error with its reason', async ({ page, open, problems }) => {
  problems.allow(/status of 400/); // the document itself
  const response = await open('/?band=moon');
  expect(response.status()).toBe(400);
  await expect(page.getByRole('alert')).toContainText('is one of highsec, lowsec');
  await axe(page);
});

// Tags. A kill has many; the words on a row are the few that tell most.
const tagged = (galaxy) => galaxy.someKill('a kill with a telling tag', (kill) => kill.module_tags.includes('Stasis Webifier') && kill.module_tags.includes('Warp Scrambler'));
const everyRowHas = async (page, galaxy, tags) => {
  const shown = await listed(page);
  const having = new Set((await galaxy.kills(`tags=${encodeURIComponent(tags.join(','))}`)).map((kill) => String(kill.killmail_id)));
  return shown.length > 0 && shown.every((id) => having.has(id));
};

test('a word on a row filters by its tag; a second tag narrows further; chips take them back', async ({ galaxy, openLive, page }) => {
  const kill = await tagged(galaxy);
  await openLive('/?tags=Warp+Scrambler');
  const row = page.locator(`.kill-row[data-kill="${kill.killmail_id}"]`);
  await expect(row.locator('.tag-word').first()).toBeVisible();
  expect(await rows(page).first().locator('.tag-word').count()).toBeLessThanOrEqual(4);
  await row.locator('.tag-word[data-tag="Stasis Webifier"]').click();
  await expect(page).toHaveURL(/\?tags=Warp\+Scrambler%2CStasis\+Webifier$/);
  await expect(chips(page).locator('.chip')).toHaveCount(2);
  await expect.poll(() => everyRowHas(page, galaxy, ['Warp Scrambler', 'Stasis Webifier'])).toBe(true);
  await chips(page).getByRole('link', { name: 'Remove filter Tag: Warp Scrambler' }).click();
  await expect(page).toHaveURL(/\?tags=Stasis\+Webifier$/);
});

test('tags are found by typing and chosen with the keyboard, several at once', async ({ galaxy, openLive, page }) => {
  await tagged(galaxy);
  await openLive('/');
  const field = page.getByRole('combobox', { name: /^Tags/ });
  await field.fill('webif');
  const option = page.getByRole('option', { name: 'Stasis Webifier' });
  await expect(option).toHaveAttribute('aria-selected', 'false');
  await axe(page, { include: '.filter-bar' });
  await field.press('Enter');
  await expect(page).toHaveURL(/\?tags=Stasis\+Webifier$/);
  await expect(field).toHaveValue('');
  await expect(option).toHaveAttribute('aria-selected', 'true');
  await field.fill('warp scr');
  await field.press('Enter');
  await expect(page).toHaveURL(/\?tags=Stasis\+Webifier%2CWarp\+Scrambler$/);
  await expect.poll(() => everyRowHas(page, galaxy, ['Warp Scrambler', 'Stasis Webifier'])).toBe(true);
  await field.press('Backspace');
  await expect(page).toHaveURL(/\?tags=Stasis\+Webifier$/);
  await field.press('Escape');
  await expect(page.locator('#filter-tag-list')).toBeHidden();
});

test('compact rows have no tag words', async ({ galaxy, openLive, page }) => {
  await tagged(galaxy);
  await openLive('/?tags=Warp+Scrambler');
  await expect(page.locator('.tag-word').first()).toBeVisible();
  await page.getByRole('button', { name: 'Compact' }).click();
  await expect(page.locator('.tag-word').first()).toBeHidden();
});
