import { appendFileSync } from 'node:fs';
import type { Reporter, TestCase, TestModule } from 'vitest/node';

/** So many tests of a run may need their second try; with more, something is wrong that no try mends. */
const MOST_FLAKY = 3;

/**
 * Prints, last, how many tests really ran: `N passed, N failed`, and `, N skipped` if any were.
 *
 * A file that could not be loaded and an error outside of a test count as failed. What passed at its second try is flaky:
 * counted as passed, and named before that line, with what failed first; more than three of them count as failed. With
 * `CALLRIG_TEST_COUNTS` the counts are appended to that file as well, so that several runs can be summed up.
 */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    const flaky: string[] = [];
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        counts[state === 'pending' ? 'skipped' : state]++;
        if (test.diagnostic()?.flaky) flaky.push(`${module.relativeModuleId} > ${describeFlaky(test)}`);
      }
      if (module.errors().length > 0) counts.failed++;
    }
    if (flaky.length > MOST_FLAKY) {
      counts.passed -= flaky.length;
      counts.failed += flaky.length;
      process.exitCode = 1;
    }
    const file = process.env['CALLRIG_TEST_COUNTS'];
    if (file) appendFileSync(file, `${JSON.stringify({ ...counts, flaky })}\n`);
    const { passed, failed, skipped } = counts;
    // The default reporter prints its summary in the same turn.
    process.once('exit', () => {
      for (const line of flaky) console.log(`flaky, passed at its second try: ${line}`);
      console.log(`${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`);
    });
  }
}

/** Its name, what failed at first, and where. */
function describeFlaky(test: TestCase): string {
  const [first] = test.result().errors ?? [];
  const where = first?.stacks?.find(({ file }) => !file.includes('node_modules'));
  return [
    test.fullName,
    ...(first?.message.split('\n') ?? ['without an error']),
    ...(first?.diff?.split('\n') ?? []),
    ...(where ? [`line ${where.line}`] : []),
  ].join('\n  ');
}
