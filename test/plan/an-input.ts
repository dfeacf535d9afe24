import type { PlanInput } from '../../harness/plan/make-plan.ts';
import type { PlannedBrowser } from '../../harness/plan/plan.ts';
import { aPlan } from '../store/a-run.ts';

/** A browser that was found. */
export const aBrowser = (name: string, kind: PlannedBrowser['kind']): PlannedBrowser => ({
  name,
  kind,
  executablePath: `/bin/${name}`,
  driver: 'puppeteer',
  source: 'PATH',
});

/** A plan's input with nothing special. */
export function anInput(changes: Partial<PlanInput> = {}): PlanInput {
  return {
    scenario: {
      name: 'p2p-call',
      summary: 'A call.',
      guardsAgainst: 'No call.',
      roles: ['caller', 'callee'],
      script: () => Promise.resolve(),
    },
    file: 'scenarios/p2p-call.ts',
    callrig: '1.2.3',
    runId: 'r',
    createdAt: '2030-01-02T03:04:05.678Z',
    browsers: [aBrowser('chrome', 'chromium'), aBrowser('firefox', 'firefox')],
    matrix: 'ordered',
    manualRoles: [],
    only: [],
    thresholds: {},
    options: aPlan().options,
    ...changes,
  };
}
