import { defineConfig } from 'vitest/config';

/** `npm test` leaves these out: they take long. `npm run test:all` runs them, and nothing else. */
const LONG = [
  'test/chaos/**/*.test.ts',
  'test/lab/**/*.test.ts',
  'test/scenarios/**/*.test.ts',
  'test/grid/real/**/*.test.ts',
  'test/browser/media-profiles.test.ts',
  'test/browser/headless-shell.test.ts',
  'test/peer/bot/bot-browser.test.ts',
];
const isLong = process.env['CALLRIG_TESTS'] === 'long';

export default defineConfig({
  test: {
    include: isLong ? LONG : ['test/**/*.test.ts'],
    exclude: isLong ? [] : LONG,
    // One worker: a call between two browsers is what two cores hold.
    maxWorkers: 1,
    fileParallelism: false,
    pool: 'forks',
    // Generous: real browsers on a shared machine.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // The closing line names what needed it. Nothing else is tried again.
    retry: isLong ? 1 : 0,
    setupFiles: ['test/helpers/leak-check.ts'],
    reporters: ['default', './test/helpers/closing-line.ts'],
  },
});
