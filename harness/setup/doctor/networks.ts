import { judgeLab } from './judge-lab.ts';
import type { LabAbilities } from './lab.ts';
import type { BrowserFinding, NetworkFinding, ToolFinding } from './report.ts';

/** Which of the network levels this machine has, from what was found. */
export function judgeNetworks(
  browsers: readonly BrowserFinding[],
  tools: readonly ToolFinding[],
  lab: LabAbilities,
): NetworkFinding[] {
  const able = browsers.filter(({ canCall }) => canCall);
  const shaped = able.filter(({ kind }) => kind === 'chromium').map(({ name }) => name);
  const has = (name: string) => tools.some((tool) => tool.name === name && tool.path !== undefined);
  return [
    {
      level: 'loopback',
      available: able.length > 0,
      detail:
        able.length === 0
          ? 'no browser can call'
          : `host candidates${has('coturn') ? ', and relayed calls through coturn' : '; no relayed calls without coturn'}`,
    },
    {
      level: 'shaped',
      available: shaped.length > 0,
      detail:
        shaped.length > 0
          ? `impairment per page in ${shaped.join(', ')} through the DevTools protocol`
          : 'needs a browser of the Chromium family',
    },
    labFinding(lab, has),
  ];
}

function labFinding(lab: LabAbilities, has: (name: string) => boolean): NetworkFinding {
  const { ready, detail, lacks, hint } = judgeLab(lab, has);
  return {
    level: 'lab',
    available: ready,
    detail,
    ...(lacks.length > 0 && { lacks }),
    ...(hint !== undefined && { hint }),
  };
}
