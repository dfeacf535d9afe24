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
    judgeLab(lab, has('wirefilter')),
  ];
}

function judgeLab(
  { namespaces, veth, nat, netem, tun, failure }: LabAbilities,
  wirefilter: boolean,
): NetworkFinding {
  const level = 'lab';
  if (!namespaces) {
    return { level, available: false, detail: `no network namespaces: ${failure ?? 'not allowed'}` };
  }
  const as = namespaces === 'root' ? 'as root' : 'in a user namespace';
  const impairment = netem
    ? 'impairment by netem'
    : wirefilter && tun
      ? 'impairment by wirefilter, as the kernel lacks netem'
      : undefined;
  const lacks = [
    ...(veth ? [] : ['veth (no cables between namespaces)']),
    ...(nat ? [] : ['nftables (no NATs and firewalls)']),
    ...(impairment
      ? []
      : [tun ? 'netem or wirefilter (no impairment)' : 'netem or /dev/net/tun (no impairment)']),
  ];
  if (lacks.length > 0) {
    return { level, available: false, detail: `namespaces work ${as}; missing: ${lacks.join(', ')}` };
  }
  return {
    level,
    available: true,
    detail: `namespaces ${as}, NATs and firewalls by nftables, ${impairment}`,
  };
}
