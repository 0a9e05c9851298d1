// What is not there or makes no sense: the right status, a sentence, a way on.
import { expect, test } from '../fixtures.mjs';

const PAGES = [
  ['/nowhere', 404, 'Nothing here', 'There is no page at this address.'],
  ['/nowhere/at/all', 404, 'Nothing here', 'There is no page at this address.'],
  ['/kill/5', 404, 'Nothing here', 'This kill is not known here.', 'Killmail 5 is not known here.'],
  ['/kill/5/', 404, 'Nothing here', 'is not known here.'],
  ['/kill/abc', 400, 'That address does not make sense', 'That is not the id of a killmail'],
  ['/kill/-1', 400, 'That address does not make sense', 'That is not the id of a killmail'],
  ['/system/5', 404, 'Nothing here', 'is not known here.'],
  ['/constellation/5', 404, 'Nothing here', 'is not known here.'],
  ['/region/x', 400, 'That address does not make sense', 'That is not the id of a region'],
];

for (const [path, code, heading, ...messages] of PAGES) {
  test(`${path} answers ${code} and says why`, async ({ open, page, problems }) => {
    problems.allow(new RegExp(`status of ${code}`)); // the document itself
    const response = await open(path);
    expect(response.status()).toBe(code);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(heading);
    const said = await page.locator('.error-message').innerText();
    expect(messages.some((message) => said.includes(message)), said).toBe(true);
    await expect(page.locator('meta[name="robots"]')).toHaveAttribute('content', 'noindex');
    await expect(page.getByRole('link', { name: 'To the live kills' })).toBeVisible();
  });
}

test('from an error page the search leads on', async ({ galaxy, open, page, problems }) => {
  problems.allow(/status of 404/); // the document itself
  const kill = await galaxy.someKill('any kill', () => true);
  await open('/kill/5');
  await page.getByRole('searchbox', { name: 'Search', exact: true }).fill(String(kill.killmail_id));
  await page.getByRole('button', { name: 'Search' }).click();
  await expect(page).toHaveURL(`/search?q=${kill.killmail_id}`);
  await expect(page.locator('.search-hit').first()).toHaveAttribute('href', `/kill/${kill.killmail_id}`);
});

for (const [path, code, kind] of [
  ['/api/v1/killmails/5', 404, 'not_found'],
  ['/api/v1/killmails/abc', 400, 'invalid'],
  ['/api/v1/killmails?band=moon', 400, 'invalid'],
  ['/api/v1/killmails?limit=many', 400, 'invalid'],
  ['/api/v1/killmails?bogus=1', 400, 'invalid'],
  ['/api/v1/nothing', 404, 'not_found'],
]) {
  test(`${path} answers ${code} as a problem document`, async ({ request }) => {
    const answer = await request.get(path);
    expect(answer.status()).toBe(code);
    expect(answer.headers()['content-type']).toBe('application/problem+json');
    const problem = await answer.json();
    expect(problem).toMatchObject({ status: code, code: kind });
    expect(problem.detail).toBeTruthy();
    expect(problem.request_id).toBe(answer.headers()['x-request-id']);
  });
}

test('the list cannot be loaded: an alert with a way to try again, which works', async ({ open, page, problems }) => {
  problems.allow(/Failed to load resource|ERR_FAILED/); // the refused request
  await open('/');
  await page.route('**/api/fn/list_kills*', (route) => route.abort());
  await page.locator('.band-chip[data-band="lowsec"]').click();
  await expect(page.getByRole('alert')).toContainText('The server could not be reached');
  await page.unroute('**/api/fn/list_kills*');
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.locator('.kill-list > .kill-row').first()).toBeVisible();
  await expect(page.getByRole('alert')).toHaveCount(0);
});
