import { appendFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';

/**
 * Prints, last, how many tests really ran: `N passed, N failed`, and `, N skipped` if any were.
 *
 * A file that could not be loaded and an error outside of a test count as failed. With `CALLRIG_TEST_COUNTS` the counts
 * are appended to that file as well, so that several runs can be summed up.
 */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        counts[state === 'pending' ? 'skipped' : state]++;
      }
      if (module.errors().length > 0) counts.failed++;
    }
    const file = process.env['CALLRIG_TEST_COUNTS'];
    if (file) appendFileSync(file, `${JSON.stringify(counts)}\n`);
    const { passed, failed, skipped } = counts;
    // The default reporter prints its summary in the same turn.
    process.once('exit', () =>
      console.log(`${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`),
    );
  }
}
