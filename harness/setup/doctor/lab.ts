import { spawnSync } from 'node:child_process';

/** What the lab is built of, each tried for real in namespaces that are thrown away. */
export interface LabAbilities {
  /** How namespaces are made: as root, in a user namespace, or not at all. */
  namespaces: 'root' | 'user' | undefined;
  /** Virtual cables between namespaces. */
  veth: boolean;
  /** nftables: NATs and firewalls. */
  nat: boolean;
  /** Impairment by the kernel. */
  netem: boolean;
  /** /dev/net/tun, which user-space impairment (wirefilter) is plugged into. */
  tun: boolean;
  /** The last line of what namespaces failed with. */
  failure?: string;
}

const TRIALS = `
echo namespaces
ip link set lo up
ip link add callrig0 type veth peer name callrig1 && echo veth
nft 'add table ip callrig; add chain ip callrig c { type nat hook postrouting priority 100; }; add rule ip callrig c masquerade;' && echo nat
tc qdisc add dev lo root netem delay 1ms && echo netem
ip tuntap add callrig2 mode tap && echo tun
true`;

const NONE: LabAbilities = { namespaces: undefined, veth: false, nat: false, netem: false, tun: false };
const WAYS = [
  { namespaces: 'root', flags: [] },
  { namespaces: 'user', flags: ['-U', '-r'] },
] as const;

/** Tries the lab's ingredients; nothing of it is left behind, as the namespaces die with the process. Linux only. */
export function tryLab(env: NodeJS.ProcessEnv): LabAbilities {
  if (process.platform !== 'linux') return { ...NONE, failure: 'network namespaces are Linux only' };
  let failure = 'unshare is not here';
  for (const { namespaces, flags } of WAYS) {
    const args = [...flags, '-m', '-n', '-p', '-f', '--kill-child', 'sh', '-c', TRIALS];
    const { stdout, stderr, error } = spawnSync('unshare', args, {
      env: { ...env, PATH: `${env['PATH']}:/usr/sbin:/sbin` },
      encoding: 'utf8',
      timeout: 20_000,
      killSignal: 'SIGKILL',
    });
    const has = new Set(stdout?.split('\n'));
    if (has.has('namespaces')) {
      const [veth, nat, netem, tun] = ['veth', 'nat', 'netem', 'tun'].map((trial) => has.has(trial));
      return { namespaces, veth: veth === true, nat: nat === true, netem: netem === true, tun: tun === true };
    }
    failure = stderr?.trim().split('\n').at(-1) || error?.message || failure;
  }
  return { ...NONE, failure };
}
