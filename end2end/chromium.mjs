// Which browser, and how: the one on this machine (CHROMIUM, set by ./test), never a downloaded one.
import { existsSync } from 'node:fs';

const known = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

export function launchOptions() {
  const executablePath = process.env.CHROMIUM || known.find(existsSync);
  if (!executablePath) throw new Error('no Chromium: set CHROMIUM to its path');
  const args = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
  if (process.getuid?.() === 0) args.push('--no-sandbox'); // its sandbox refuses root
  return { executablePath, args };
}
