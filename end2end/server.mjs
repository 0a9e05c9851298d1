// Starts simulator and tracker on free ports with a database of their own, and stops both.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const binaries = resolve(process.env.E2E_BIN_DIR || join(root, 'target/debug'));
const site = resolve(process.env.SITE_ROOT || join(root, 'target/site'));
const READY_WITHIN = 60_000;
const QUIET = ['--rate', '0.01', '--seed', '7', '--poll-floor', '500'];

/** The environment of this process without what would change the servers' ways. */
function cleanEnvironment() {
  const env = { ...process.env };
  for (const name of Object.keys(env)) {
    if (name.startsWith('TRACKER_') || ['DATABASE_URL', 'REDIS_URL', 'BIND_ADDR', 'DATA_DIR', 'PUBLIC_URL', 'FEEDS'].includes(name)) delete env[name];
  }
  return env;
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Starts a program; its output goes to results/NAME-LABEL.log. `exited` resolves with what happened to it. */
function launch(name, label, args, env, cwd) {
  mkdirSync(join(here, 'results'), { recursive: true });
  const child = spawn(join(binaries, name), args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const log = createWriteStream(join(here, `results/${name}-${label}.log`));
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const exited = new Promise((done) => {
    child.on('error', (error) => done(`${name} does not start: ${error.message}`));
    child.on('exit', (code, signal) => done(`${name} ended with ${signal ?? code}; see end2end/results/${name}-${label}.log`));
  });
  return { child, exited };
}

async function stopProcess({ child, exited }) {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
  const hard = setTimeout(() => child.kill('SIGKILL'), 15_000);
  await exited;
  clearTimeout(hard);
}

/** What the simulator prints when it listens: the environment of a tracker that is to use it, then its URL. */
async function announced(simulator) {
  const lines = createInterface({ input: simulator.child.stdout });
  const environment = {};
  const line = new Promise((done) => {
    lines.on('line', (text) => {
      const [, name, value] = text.match(/^([A-Z0-9_]+)=(.*)$/) ?? [];
      if (name) environment[name] = value;
      const url = text.match(/listening on (http:\/\/\S+)/)?.[1];
      if (url) done({ url, environment });
    });
  });
  const failed = simulator.exited.then((reason) => Promise.reject(new Error(reason)));
  return Promise.race([line, failed]);
}

async function ready(url, tracker) {
  let reason = 'no answer';
  let ended = null;
  tracker.exited.then((text) => { ended = text; });
  const until = Date.now() + READY_WITHIN;
  while (Date.now() < until) {
    if (ended) throw new Error(ended);
    try {
      const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2_000) });
      const text = await answer.text();
      // A new installation begins at the feed's head: kills that happen before it has connected are not its to show.
      if (answer.ok && JSON.parse(text).feed.active) return;
      reason = `${answer.status} ${text}`;
    } catch (error) {
      reason = error.message;
    }
    await new Promise((next) => setTimeout(next, 50)); // the condition is the answer; this is only its poll
  }
  throw new Error(`${url}/readyz: ${reason}`);
}

/**
 * `simulatorArgs` and `env` change the defaults for a spec that needs servers of its own; `label` names its logs.
 * The galaxy is quiet (a kill in 100 s): tests make kills happen. It lets itself be asked quickly, for quick failovers.
 */
export async function start({ label, simulatorArgs = [], env: extra = {} }) {
  const env = cleanEnvironment();
  const data = await mkdtemp(join(tmpdir(), 'tracker-e2e-'));
  await chmod(data, 0o755); // as root, PostgreSQL runs as another user
  const running = [];
  const stop = async () => {
    for (const one of running.reverse()) await stopProcess(one);
    await rm(data, { recursive: true, force: true });
  };
  try {
    const galaxy = simulatorArgs.length ? simulatorArgs : QUIET;
    const simulator = launch('simulator', label, ['--bind', '127.0.0.1:0', '--print-env', ...galaxy], env, data);
    running.push(simulator);
    const { url: upstream, environment } = await announced(simulator);
    const bind = `127.0.0.1:${await freePort()}`;
    const tracker = launch('tracker', label, ['serve'], {
      ...env,
      ...environment,
      BIND_ADDR: bind,
      DATA_DIR: data,
      SITE_ROOT: site,
      R2Z2_POLL_SECONDS: '1',
      ...extra,
    }, data); // not in the repository, whose .env it would read
    running.push(tracker);
    const url = `http://${bind}`;
    await ready(url, tracker);
    return { url, simulator: upstream, data, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
