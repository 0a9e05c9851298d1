// Three ways to look at the same pages. Each worker has servers of its own: server.mjs, started by global-setup.mjs.
import { defineConfig } from '@playwright/test';
import { launchOptions } from './chromium.mjs';

export default defineConfig({
  testDir: 'specs',
  outputDir: 'results/artifacts',
  globalSetup: './global-setup.mjs',
  workers: process.env.BASE_URL ? 1 : 2,
  forbidOnly: !!process.env.CI,
  retries: 0, // a test that passes the second time is a failing test
  timeout: 60_000, // generous: machines that build beside the tests are slow, and a passing test does not wait
  expect: { timeout: 15_000 },
  reporter: [['list'], ['json', { outputFile: 'results/report.json' }]],
  use: {
    launchOptions: launchOptions(),
    locale: 'en-GB',
    timezoneId: 'UTC', // EVE time
    reducedMotion: 'reduce',
    trace: { mode: 'retain-on-failure', snapshots: false, screenshots: false }, // snapshots of long lists take half the run
    screenshot: 'only-on-failure',
  },
  projects: [
    { name: 'desktop', testIgnore: /(nojs|phone)\.spec/, use: { viewport: { width: 1600, height: 900 } } },
    {
      name: 'phone',
      testMatch: /(pages|phone)\.spec/,
      use: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 },
    },
    // Every page must be readable without JavaScript.
    { name: 'no-js', testMatch: /nojs\.spec/, use: { viewport: { width: 1600, height: 900 }, javaScriptEnabled: false } },
  ],
});
