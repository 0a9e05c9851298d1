// The page of one kill: what happened, what it cost, what was fitted, who did it, and how to take it along.
import { expect, rows, test } from '../fixtures.mjs';

const CAPSULE = 670;
const detail = (galaxy, id) => galaxy.json(`/api/v1/killmails/${id}`);

test('from a row of the live list to the page of the kill', async ({ openLive, page }) => {
  await openLive('/');
  const row = rows(page).nth(2);
  const id = await row.getAttribute('data-kill');
  const ship = await row.locator('.kill-name').innerText();
  const open = page.locator(`.kill-row[data-kill="${id}"] .kill-open`);
  await open.click();
  await open.click();
  await expect(page).toHaveURL(new RegExp(`/kill/${id}$`));
  await expect(page.locator('h1 .hero-ship')).toContainText(ship);
  await expect(page).toHaveTitle(new RegExp(`^${ship} lost in .+ · EVE PvP Tracker$`));
});

test('headline, value tiles, wheel, items, attackers and provenance', async ({ galaxy, open, page }) => {
  const kill = await galaxy.someFittedShip();
  const { attackers, items, values } = await detail(galaxy, kill.killmail_id);
  await open(`/kill/${kill.killmail_id}`);

  await expect(page.locator('h1')).toContainText(kill.victim.character.name);
  await expect(page.locator('h1')).toContainText(kill.ship.name);
  await expect(page.locator('.hero-blow')).toContainText(`Final blow by ${kill.final_blow.party.character.name}`);

  const tiles = page.locator('.values .tile');
  await expect(tiles.locator('dt')).toHaveText(['Total', 'Destroyed', 'Dropped', 'Fitted', 'Hull', 'zKillboard says']);
  const total = await tiles.filter({ has: page.getByText('Total', { exact: true }) }).locator('data').getAttribute('value');
  expect(Number(total)).toBe(Math.trunc(Number(values.total_value)));
  await expect(page.locator('.share-bar-words')).toHaveText(/% destroyed.*% dropped/);

  const wheel = page.getByRole('img', { name: new RegExp(`^Fitting of the ${kill.ship.name}: `) });
  await expect(wheel).toBeVisible();
  expect(await wheel.locator('.fitting-wheel-cell').count()).toBeGreaterThan(0);
  await expect(wheel).toHaveAttribute('aria-describedby', 'items');

  await expect(page.locator('#items')).toContainText(items[0].item.name);
  await expect(page.locator('#items .item-group').first()).toBeVisible();
  await expect(page.locator('.attacker-list > .attacker')).toHaveCount(attackers.length);
  await expect(page.locator('.attacker[data-final-blow]')).toHaveCount(1);
  await expect(page.locator('.provenance')).toContainText(/From .+ arrived .+ after the kill|From .+ arrived at once/);
  await expect(page.locator('.provenance')).toContainText('static data:');
});

test('unit prices show on request', async ({ galaxy, open, page }) => {
  const kill = await galaxy.someFittedShip();
  await open(`/kill/${kill.killmail_id}`);
  const price = page.locator('#items tbody td.unit-price').nth(1);
  await expect(price).toBeHidden();
  await page.getByRole('checkbox', { name: 'Unit prices and sources' }).check();
  await expect(price).toBeVisible();
  const prices = page.locator('#items tbody td.unit-price .unit-price-source');
  await expect(prices.first()).toContainText(/no known price|fixed rule|, 20\d\d-.+ (the kill)$/);
  await expect(page.locator('.values .value-note').first()).toContainText(/^(Hull by .+\.|.+ without a known price.+)$/);
});

test('a price that comes later changes the page in place', async ({ galaxy, open, page }) => {
  const { killmail_id: id } = await galaxy.someFittedShip();
  const sockets = [];
  const watched = [];
  await page.routeWebSocket(/\/api\/v1\/stream$/, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((text) => {
      const message = JSON.parse(text);
      if (message.type === 'watch') watched.push(message);
      server.send(text);
    });
    sockets.push(socket);
  });
  await open(`/kill/${id}`);
  await expect.poll(() => watched.map((watch) => watch.killmail_id), 'the page asks for news').toEqual([id]);
  await page.getByText('Fit as text').click();
  await page.getByRole('checkbox', { name: 'Unit prices and sources' }).focus();

  const later = new Date(Date.parse(watched[0].enriched_at) + 60_000).toISOString();
  await page.route('**/api/fn/get_kill*', async (route) => {
    const answer = await route.fetch();
    const kill = await answer.json();
    kill.summary.total_value = kill.values.total_value = 1234567890123;
    kill.enriched_at = later;
    await route.fulfill({ response: answer, json: kill });
  });
  sockets.at(-1).send(JSON.stringify({ type: 'changed', killmail_id: id }));
  await expect(page.locator('.values .tile').first().locator('data')).toHaveAttribute('value', '1234567890123');
  await expect(page.locator('h1')).toContainText('1.23t');
  await expect(page.locator('details.eft'), 'what was open stays open').toHaveAttribute('open', '');
  await expect(page.getByRole('checkbox', { name: 'Unit prices and sources' }), 'the focus stays').toBeFocused();
  await expect.poll(() => watched.at(-1).enriched_at.slice(0, 19), 'and asks again').toBe(later.slice(0, 19));
});

test('the fit is copied in the format of the game, and stands as text', async ({ galaxy, open, page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const kill = await galaxy.someFittedShip();
  const { eft } = await detail(galaxy, kill.killmail_id);
  await open(`/kill/${kill.killmail_id}`);
  await page.getByRole('button', { name: 'Copy fit (EFT)' }).click();
  await expect(page.locator('.copy-outcome')).toHaveText('Copied');
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied.trim()).toBe(eft.trim());
  expect(copied.startsWith(`[${kill.ship.name}, `)).toBe(true);
  await page.getByText('Fit as text').click();
  await expect(page.getByRole('textbox', { name: 'Fit in EFT format' })).toHaveValue(/^\[/);
});

test('the raw mail is linked and is what the API gave', async ({ galaxy, open, page, request }) => {
  const kill = await galaxy.someFittedShip();
  await open(`/kill/${kill.killmail_id}`);
  const address = await page.getByRole('link', { name: 'Raw JSON' }).getAttribute('href');
  const answer = await request.get(address);
  expect(answer.headers()['content-type']).toContain('application/json');
  const mail = await answer.json();
  expect(mail).toMatchObject({ killmail_id: kill.killmail_id, solar_system_id: kill.place.solar_system_id });
  expect(mail.attackers).toHaveLength(kill.attacker_count);
});

test('ship and capsule of one fight lead to each other', async ({ galaxy, open, page }) => {
  const pod = await galaxy.someKill('a capsule after a ship', (kill) => kill.ship.type_id === CAPSULE && kill.victim.character);
  let related = [];
  // The first capsule may have lost its ship before this server looked: any that has one will do.
  for (const kill of [pod, ...(await galaxy.kills(`ship_type_id=${CAPSULE}`))]) {
    ({ related } = await detail(galaxy, kill.killmail_id));
    if (related.length > 0) {
      await open(`/kill/${kill.killmail_id}`);
      break;
    }
  }
  expect(related.length, 'a capsule whose ship is known').toBeGreaterThan(0);
  const link = page.getByRole('navigation', { name: 'Other losses of this fight' }).getByRole('link').first();
  await expect(link).toContainText('Ship before');
  await link.click();
  await expect(page).toHaveURL(new RegExp(`/kill/${related[0].summary.killmail_id}$`));
  await expect(page.getByRole('navigation', { name: 'Other losses of this fight' }).getByRole('link').first()).toContainText('Capsule too');
});

test('links in the manner of zKillboard work, with a slash at the end', async ({ galaxy, open, page }) => {
  const kill = await galaxy.someFittedShip();
  const response = await open(`/kill/${kill.killmail_id}/`);
  expect(response.status()).toBe(200);
  await expect(page.locator('h1')).toContainText(kill.ship.name);
  await expect(page.locator('link[rel="canonical"]')).toHaveAttribute('href', `${galaxy.url}/kill/${kill.killmail_id}`);
});

test('the server sends the social card', async ({ galaxy, request }) => {
  const kill = await galaxy.someFittedShip();
  const html = await (await request.get(`/kill/${kill.killmail_id}`)).text();
  const head = html.slice(0, html.indexOf('</head>'));
  const content = (name) => head.match(new RegExp(`<meta (?:property|name)="${name}" content="([^"]*)"`))?.[1];
  expect(content('og:title')).toContain(kill.ship.name);
  expect(content('og:description')).toContain('Final blow by');
  expect(content('og:url')).toBe(`${galaxy.url}/kill/${kill.killmail_id}`);
  expect(content('og:image')).toBe(`${galaxy.url}/images/types/${kill.ship.type_id}/render?size=512`);
  expect(content('twitter:card')).toBe('summary');
  expect(content('description')).toContain(kill.place.solar_system_name ?? '');
  expect(head).toMatch(/<title>.+ · EVE PvP Tracker<\/title>/);
});

test('the picture of the card and of the page is served from here', async ({ galaxy, request }) => {
  const kill = await galaxy.someFittedShip();
  const answer = await request.get(`/images/types/${kill.ship.type_id}/render?size=512`);
  expect(answer.status()).toBe(200);
  expect(answer.headers()['content-type']).toMatch(/^image\//);
});
