import type { LabAbilities } from './lab.ts';

/** What a lab is made of here, and what it lacks. */
export interface LabVerdict {
  /** NATs and firewalls between peers can be had. */
  ready: boolean;
  /** One sentence: what it is made of, or why there is none. */
  detail: string;
  /** What makes impairments; `undefined`: links are as they are. */
  backend?: 'netem' | 'wirefilter';
  /** What is missing, as sentences without a full stop. */
  lacks: string[];
  /** Tools by their names in things.mjs, to be installed. */
  install: string[];
  /** What to do besides installing. */
  hint?: string;
}

/** Tools by which a lab stands or falls. */
const TOOLS = ['ip', 'nft'];
const KERNEL = [
  ['mounts', 'mounts of its own (no private names of hosts and namespaces)', undefined],
  ['names', 'named namespaces', undefined],
  ['veth', 'veth (no cables between namespaces)', 'modprobe veth'],
  ['bridge', 'bridges (no networks of several peers)', 'modprobe bridge'],
  ['nat', 'nftables (no NATs and firewalls)', 'modprobe nft_masq nft_chain_nat'],
  ['symmetricNat', 'masquerade fully-random (no symmetric NATs)', 'modprobe nft_masq'],
] as const;
const ALLOW =
  'run as root (in a container: docker run --privileged), or let users have namespaces: sysctl -w kernel.apparmor_restrict_unprivileged_userns=0 kernel.unprivileged_userns_clone=1';
const NETEM = 'modprobe sch_netem (Ubuntu: linux-modules-extra-$(uname -r), Fedora: kernel-modules-extra)';
const TUN = 'modprobe tun, or in a container --device /dev/net/tun';

/** Pure: whether a lab can be built of what was found. */
export function judgeLab(abilities: LabAbilities, hasTool: (name: string) => boolean): LabVerdict {
  const { namespaces, failure } = abilities;
  const install = TOOLS.filter((name) => !hasTool(name));
  if (!namespaces) {
    const detail = `no network namespaces: ${failure ?? 'not allowed'}`;
    const hint = helpWithNamespaces(failure);
    return { ready: false, detail, lacks: ['network namespaces'], install, ...(hint && { hint }) };
  }
  const as = namespaces === 'root' ? 'as root' : 'in a user namespace';
  // What a missing tool made fail says nothing of the kernel.
  const failed = install.length > 0 ? [] : KERNEL.filter(([ability]) => !abilities[ability]);
  const lacks = [...install.map((name) => `the command ${name}`), ...failed.map(([, what]) => what)];
  if (lacks.length > 0) {
    const hint = failed.flatMap(([, , help]) => help ?? []).join(', ');
    const detail = `namespaces work ${as}; missing: ${lacks.join(', ')}`;
    return { ready: false, detail, lacks, install, ...(hint === '' ? {} : { hint }) };
  }
  return judgeImpairment(abilities, hasTool, `namespaces ${as}, NATs and firewalls by nftables`);
}

function helpWithNamespaces(failure = ''): string | undefined {
  if (failure.includes('Linux only')) return undefined;
  // Busybox has an unshare that knows less.
  return /unshare is missing|(unrecognized|invalid) option/.test(failure) ? 'install util-linux' : ALLOW;
}

function judgeImpairment(
  { netem, tun }: LabAbilities,
  hasTool: (name: string) => boolean,
  detail: string,
): LabVerdict {
  const lacks: string[] = [];
  if (netem && hasTool('tc')) {
    return { ready: true, detail: `${detail}, impairment by netem`, backend: 'netem', lacks, install: [] };
  }
  if (tun && hasTool('wirefilter')) {
    const how = 'impairment by wirefilter, as the kernel lacks netem';
    return { ready: true, detail: `${detail}, ${how}`, backend: 'wirefilter', lacks, install: [] };
  }
  lacks.push(tun ? 'netem or wirefilter' : 'netem or /dev/net/tun');
  return {
    ready: true,
    detail: `${detail}; no impairment: ${lacks.join(', ')} is missing`,
    lacks,
    install: ['tc', 'wirefilter'].filter((name) => !hasTool(name)),
    hint: tun ? NETEM : `${TUN}, or ${NETEM}`,
  };
}
