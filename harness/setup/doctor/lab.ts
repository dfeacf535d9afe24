import { spawnSync } from 'node:child_process';

/** What the lab is built of, each tried for real in namespaces that are thrown away. */
export interface LabAbilities {
  /** How namespaces are made: as root, in a user namespace, or not at all. */
  namespaces: 'root' | 'user' | undefined;
  /** A private /run/netns and /etc/hosts. */
  mounts: boolean;
  /** Named network namespaces. */
  names: boolean;
  /** Virtual cables between namespaces. */
  veth: boolean;
  /** Switches that cables are plugged into. */
  bridge: boolean;
  /** nftables: NATs and firewalls. */
  nat: boolean;
  /** NATs that map by destination: `masquerade fully-random`. */
  symmetricNat: boolean;
  /** Impairment by the kernel. */
  netem: boolean;
  /** /dev/net/tun, which user-space impairment (wirefilter) is plugged into. */
  tun: boolean;
  /** The last line of what namespaces failed with. */
  failure?: string;
}

/** What the lab does when it opens, each followed by its name when it worked. */
const TRIALS = `
echo namespaces
{ if mkdir -p /run/netns; then mount -t tmpfs tmpfs /run/netns
  else mount -t tmpfs tmpfs /run && mkdir -p /run/netns /run/lock; fi
} && mount --make-shared /run/netns && mount --bind /etc/hosts /etc/hosts && echo mounts
ip link set lo up
ip netns add callrig && echo names
ip link add callrig0 type veth peer name callrig1 && echo veth
ip link add callrig2 type bridge && echo bridge
nft 'add table ip callrig; add chain ip callrig c { type nat hook postrouting priority 100; }; add rule ip callrig c masquerade;' && echo nat
nft 'add rule ip callrig c masquerade fully-random;' && echo symmetricNat
tc qdisc add dev lo root netem delay 1ms && echo netem
ip tuntap add callrig3 mode tap && echo tun
true`;

const NAMESPACES = ['-m', '-n', '-p', '-f', '--kill-child', '--mount-proc', '--propagation', 'private'];
const LONGEST_MS = 20_000;

/**
 * Tries the lab's ingredients as the lab uses them, some 50 ms; nothing of it is left behind, as the namespaces die with
 * the process. Linux only.
 */
export function tryLab(env: Readonly<Record<string, string | undefined>>): LabAbilities {
  if (process.platform !== 'linux') return abilities(new Set(), 'network namespaces are Linux only');
  const isRoot = process.getuid?.() === 0;
  const args = [...(isRoot ? [] : ['-U', '-r']), ...NAMESPACES, 'sh', '-c', TRIALS];
  const { stdout, stderr, error } = spawnSync('unshare', args, {
    env: { ...env, PATH: `${env.PATH}:/usr/sbin:/sbin` },
    encoding: 'utf8',
    timeout: LONGEST_MS,
    killSignal: 'SIGKILL',
  });
  const worked = new Set(stdout?.split('\n'));
  if (worked.has('namespaces')) return abilities(worked);
  const isMissing = error && 'code' in error && error.code === 'ENOENT';
  const lastLine = stderr?.trim().split('\n').at(-1);
  return abilities(worked, isMissing ? 'unshare is missing' : lastLine || error?.message || 'not allowed');
}

function abilities(worked: ReadonlySet<string>, failure?: string): LabAbilities {
  const isRoot = process.getuid?.() === 0;
  return {
    namespaces: worked.has('namespaces') ? (isRoot ? 'root' : 'user') : undefined,
    mounts: worked.has('mounts'),
    names: worked.has('names'),
    veth: worked.has('veth'),
    bridge: worked.has('bridge'),
    nat: worked.has('nat'),
    symmetricNat: worked.has('symmetricNat'),
    netem: worked.has('netem'),
    tun: worked.has('tun'),
    ...(failure === undefined ? {} : { failure }),
  };
}
