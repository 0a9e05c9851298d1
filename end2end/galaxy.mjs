// The simulated galaxy behind a server: makes kills happen, breaks feeds, and asks the server what it knows.

const PATIENCE = 30_000;

/** Asks until the answer is wanted; the answer is the condition, the pause only the poll's. */
export async function eventually(what, ask, patience = PATIENCE) {
  const until = Date.now() + patience;
  let last;
  do {
    try {
      last = await ask();
      if (last) return last;
    } catch (error) {
      last = error.message;
    }
    await new Promise((next) => setTimeout(next, 50));
  } while (Date.now() < until);
  throw new Error(`${what}: not within ${patience / 1000} s (last: ${JSON.stringify(last)})`);
}

export class Galaxy {
  #url;
  #simulator;
  #isBroken = false;

  constructor({ url, simulator }) {
    this.#url = url;
    this.#simulator = simulator;
  }

  get url() {
    return this.#url;
  }

  async #post(path, body) {
    if (!this.#simulator) throw new Error('this test needs SIMULATOR_URL beside BASE_URL');
    const answer = await fetch(`${this.#simulator}/simulator/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`/simulator/${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }

  /** Makes kills happen now. Returns their ids, as text, once the server knows them all. */
  async emit(count) {
    const ids = await this.emitUnseen(count);
    await this.knows(ids);
    return ids;
  }

  /** The same without waiting for the server. */
  async emitUnseen(count) {
    const { emitted } = await this.#post('emit', { count });
    return emitted.map(String);
  }

  async knows(ids) {
    for (const id of [...ids].reverse()) {
      await eventually(`kill ${id} is known`, async () => (await fetch(`${this.#url}/api/v1/killmails/${id}/raw`)).ok);
    }
  }

  /** Waits until every price has come that the kills so far ask for: values do not change any more. */
  async valued() {
    await eventually('prices have come', async () => {
      const metrics = await (await fetch(`${this.#url}/metrics`)).text();
      return /^price_requests_waiting 0$/m.test(metrics);
    }, 60_000);
  }

  async outage(upstream, on) {
    this.#isBroken = true;
    await this.#post('outage', { upstream, on });
  }

  /** Ends every outage and waits until the first feed delivers again. */
  async heal() {
    if (!this.#isBroken) return;
    await this.outage('wanderer', false);
    await this.outage('r2z2', false);
    const emitted = [];
    await eventually('the first feed is back', async () => {
      emitted.push(...(await this.emitUnseen(1))); // a feed must show a kill to be taken back
      return (await (await fetch(`${this.#url}/status`)).text()).includes('data-health="live"');
    }, 60_000);
    await this.knows(emitted); // none of them is to surprise the next test
    this.#isBroken = false;
  }

  /** What the server's JSON API says. */
  async json(path) {
    const answer = await fetch(this.#url + path);
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return answer.json();
  }

  /** A ship with modules, lost by somebody with a name to somebody with a name and others. */
  async someFittedShip() {
    return this.someKill('a fitted ship', async (kill) => {
      const { final_blow: blow, ship, victim } = kill;
      if (kill.attacker_count < 2 || !ship.name || ship.group_name === 'Capsule') return false;
      if (!victim.character?.name || !blow?.party.character?.name) return false;
      return (await this.json(`/api/v1/killmails/${kill.killmail_id}`)).eft.split('\n').length > 6;
    });
  }

  /** The newest kills as the API gives them; `query` is a filter. */
  async kills(query = '') {
    return (await this.json(`/api/v1/killmails?limit=200${query && `&${query}`}`)).kills;
  }

  /** The first known kill for which `fits`, which may ask further, is true; makes more happen until there is one. */
  async someKill(what, fits, query = '') {
    return eventually(what, async () => {
      for (const kill of await this.kills(query)) {
        if (await fits(kill)) return kill;
      }
      await this.emit(40);
      return undefined;
    });
  }
}
