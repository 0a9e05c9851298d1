// The documentation of the JSON API, for people and for programs.
import { expect, test } from '../fixtures.mjs';

test('lists every operation of the OpenAPI document, with its parameters', async ({ page, request }) => {
  const document = await (await request.get('/api/v1/openapi.json')).json();
  expect(document.openapi).toMatch(/^3\.1/);
  await page.goto('/api/docs');
  await expect(page).toHaveTitle(/API/);
  const shown = await page.locator('.api-docs__operation h3').allInnerTexts();
  const described = Object.entries(document.paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`));
  expect(shown.sort()).toEqual(described.sort());
  expect(shown).toContain('POST /api/v1/killmails');
  await expect(page.getByRole('table').first()).toContainText('Meaning');
});

test('schemas open by keyboard, and nothing comes from elsewhere', async ({ page, galaxy }) => {
  const asked = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.goto('/api/docs');
  const summary = page.locator('.api-docs__schema summary').first();
  await summary.focus();
  await page.keyboard.press('Enter');
  await expect(page.locator('.api-docs__schema pre').first()).toBeVisible();
  expect(asked.filter((url) => !url.startsWith(galaxy.url))).toEqual([]);
});

test('the navigation leads there as a document, and back', async ({ open, page }) => {
  await open('/');
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'API' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('JSON API');
  await page.getByRole('link', { name: 'EVE PvP Tracker' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Live kills');
});

test('what the documentation promises answers', async ({ galaxy, request }) => {
  const kill = await galaxy.someKill('any kill', () => true);
  const { killmail_id: id } = kill;
  for (const path of [`/killmails/${id}`, `/killmails/${id}/raw`, `/killmails/${id}/related`, `/systems/${kill.place.solar_system_id}`, '/stats/live', '/search?q=ta']) {
    const answer = await request.get(`/api/v1${path}`);
    expect(answer.status(), path).toBe(200);
    expect(answer.headers()['content-type'], path).toContain('application/json');
  }
  expect(await (await request.get(`/api/v1/killmails/${id}/fit?format=eft`)).text()).toMatch(/^\[.+\]/);
});
