// One simulator and one server for each worker, so that a spec may switch its galaxy's feeds off without disturbing
// the others. BASE_URL (and SIMULATOR_URL) set from outside mean: use those, with one worker.
import { Galaxy } from './galaxy.mjs';
import { start } from './server.mjs';

/** Kills every server knows before the first test: more than two pages of history. */
const KILLS = 260;

export default async function globalSetup(config) {
  const { BASE_URL: url, SIMULATOR_URL: simulator } = process.env;
  if (url) {
    process.env.E2E_SERVERS = JSON.stringify([{ url, simulator }]);
    return undefined;
  }
  const labels = Array.from({ length: config.workers }, (_, index) => String(index));
  const started = await Promise.allSettled(labels.map((label) => start({ label })));
  const servers = started.filter(({ status }) => status === 'fulfilled').map(({ value }) => value);
  const stop = () => Promise.all(servers.map((server) => server.stop()));
  try {
    const failed = started.find(({ status }) => status === 'rejected');
    if (failed) throw failed.reason;
    await Promise.all(servers.map(async (server) => {
      const galaxy = new Galaxy(server);
      await galaxy.emit(KILLS);
      await galaxy.valued();
    }));
  } catch (error) {
    await stop();
    throw error;
  }
  process.env.E2E_SERVERS = JSON.stringify(servers.map(({ url, simulator }) => ({ url, simulator })));
  return stop;
}
