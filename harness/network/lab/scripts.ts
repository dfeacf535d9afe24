import { prefixOf, publicOf, WAN, insideOf, type Addresses } from './addresses.ts';
import { firewallRules } from './firewall-rules.ts';
import type { LabLayout, LaidPeer, Router } from './layout.ts';
import { INSIDE, natRules } from './nat-rules.ts';
import type { Cable, CableEnd } from '../impairment/emulator.ts';

// Starting processes is what costs time here, not the kernel: one `ip -batch` for all namespaces, one for all cables,
// and then one shell per namespace, all at the same time.

/** A command with a text as its input; `after` is the rest of its line. */
const fed = (command: string, text: string, after = '', end = 'END'): string =>
  `${command} <<'${end}'${after}\n${text.trimEnd()}\n${end}\n`;
const batch = (lines: readonly string[]): string =>
  lines.length > 0 ? fed('ip -batch -', lines.join('\n')) : '';
const nft = (text: string): string => fed('nft -f -', text);

/** What each namespace runs, all at once; fails when any of it does. */
function inEach(scripts: ReadonlyMap<string, string>): string {
  const starts = [...scripts].map(
    ([namespace, script]) => `${fed(`ip netns exec ${namespace} sh -e`, script, ' &', 'HERE')}p="$p $!"\n`,
  );
  return `p=\n${starts.join('')}for i in $p; do wait $i; done\n`;
}

/** Before any interface is there: addresses count at once, and there are none but ours. */
const sysctls = ({ forwards, ipv6 }: { forwards: boolean; ipv6: boolean }): string =>
  Object.entries({
    'ipv6/conf/default/disable_ipv6': ipv6 ? 0 : 1,
    // Peers have no link-local addresses, which would be candidates; routers ask for neighbours by theirs.
    'ipv6/conf/default/addr_gen_mode': forwards ? 0 : 1,
    'ipv6/conf/default/accept_dad': 0,
    'ipv6/conf/default/accept_ra': 0,
    'ipv4/conf/all/rp_filter': 0,
    'ipv4/conf/default/rp_filter': 0,
    // A peer that moves has a second address for a moment: it must survive the first.
    'ipv4/conf/all/promote_secondaries': 1,
    'ipv4/conf/default/promote_secondaries': 1,
    'ipv4/conf/all/send_redirects': 0,
    'ipv4/conf/default/send_redirects': 0,
    ...(forwards && { 'ipv4/ip_forward': 1, 'ipv6/conf/all/forwarding': 1 }),
  })
    .map(([key, value]) => `echo ${value} >/proc/sys/net/${key}\n`)
    .join('')
    // Where the kernel lets rules see what a bridge passes on, peers of one site would be cut off from each other.
    .concat(
      'for f in /proc/sys/net/bridge/bridge-nf-call-*; do if [ -e "$f" ]; then echo 0 >"$f"; fi; done\n',
    );

const addresses = ({ ipv4, ipv6 }: Addresses, device: string): string[] => [
  ...(ipv4 ? [`addr add ${ipv4}/24 dev ${device}`] : []),
  ...(ipv6 ? [`addr add ${ipv6}/64 dev ${device} nodad`] : []),
];

const defaults = ({ ipv4, ipv6 }: Addresses): string[] => [
  ...(ipv4 ? [`route add default via ${ipv4}`] : []),
  ...(ipv6 ? [`route add ::/0 via ${ipv6}`] : []),
];

/**
 * The internet. What nobody has an address for goes into a black hole, as with any provider: without a route, sending
 * fails, and coturn gives an allocation up when a peer's private candidate does that to it.
 */
export function wanScript(): string {
  const servers = [WAN.turn, WAN.signaling, WAN.probe];
  return `ip netns add ${WAN.namespace}\n${inEach(
    new Map([
      [
        WAN.namespace,
        sysctls({ forwards: true, ipv6: true }) +
          batch([
            'link set lo up',
            `link add ${WAN.bridge} type bridge mcast_snooping 0`,
            `link set ${WAN.bridge} up`,
            ...servers.flatMap((each) => addresses(each, WAN.bridge)),
            'link add void0 type veth peer name void1',
            'link set void0 arp off up',
            'link set void1 arp off up',
            'route add default dev void0',
            'route add ::/0 dev void0',
          ]),
      ],
    ]),
  )}`;
}

/** Namespaces without cables. */
export function namespacesScript({ routers, peers }: LabLayout): string {
  const names = [...routers, ...peers].map(({ namespace }) => namespace);
  const scripts = new Map([
    ...routers.map(({ namespace }) => [namespace, sysctls({ forwards: true, ipv6: true })] as const),
    ...peers.map(
      ({ namespace, addresses: { ipv6 } }) =>
        [namespace, sysctls({ forwards: false, ipv6: ipv6 !== undefined })] as const,
    ),
  ]);
  return batch(names.map((name) => `netns add ${name}`)) + inEach(scripts);
}

/**
 * Until a bridge forwards what its plugs bring, which the kernel decides up to a second after a cable has come up. The
 * first packet would be lost, and the next question for a neighbour comes a second later. The shell hears of no events.
 */
const waitFor = (plugs: readonly CableEnd[]): string =>
  plugs
    .map((plug) => `/sys/class/net/${plug.interface}/brport/state`)
    .map((file) => `until [ "$(cat ${file})" = 3 ]; do sleep 0.01; done\n`)
    .join('');

/** Cables that are never impaired: up at once, as both ends have to be before a bridge takes one. */
export function cablesScript(cables: readonly Cable[]): string {
  const ends = cables.flatMap(({ a, b }) => [a, b]);
  const adds = cables.map(
    ({ a, b }) =>
      `link add ${a.interface} netns ${a.namespace} type veth peer name ${b.interface} netns ${b.namespace}`,
  );
  return batch(adds) + ends.map((end) => `ip -n ${end.namespace} link set ${end.interface} up\n`).join('');
}

/**
 * Neighbours stay known for an hour: after an outage nobody waits up to a second for the next question for one. Ordinary
 * users are not let to say so.
 */
const REMEMBER_NEIGHBOURS =
  'for f in /proc/sys/net/ipv[46]/neigh/*/base_reachable_time_ms; do if [ -w "$f" ]; then echo 3600000 >"$f"; fi; done\n';

/** Addresses, routes and rules, when all cables are there. */
export function settingsScript(layout: LabLayout, zone: number): string {
  return inEach(
    new Map([
      [
        WAN.namespace,
        batch(wanLines(layout)) + REMEMBER_NEIGHBOURS + waitFor(plugsIn(WAN.namespace, layout)),
      ],
      ...layout.routers.map(
        (router) =>
          [
            router.namespace,
            batch(routerLines(router, layout)) +
              REMEMBER_NEIGHBOURS +
              nft(rulesOf(router, zone)) +
              waitFor(plugsIn(router.namespace, layout)),
          ] as const,
      ),
      ...layout.peers.map(({ namespace, addresses: own, gateway }) => {
        const gateways = { ...(own.ipv4 && { ipv4: gateway.ipv4 }), ...(own.ipv6 && { ipv6: gateway.ipv6 }) };
        const lines = [
          'link set lo up',
          'link set eth0 up',
          ...addresses(own, 'eth0'),
          ...defaults(gateways),
        ];
        return [namespace, batch(lines) + REMEMBER_NEIGHBOURS] as const;
      }),
    ]),
  );
}

/** What is plugged into the namespace's bridge. */
const plugsIn = (namespace: string, { links }: LabLayout): CableEnd[] =>
  links.map(({ cable }) => cable.b).filter((end) => end.namespace === namespace);

function wanLines(layout: LabLayout): string[] {
  const plugs = plugsIn(WAN.namespace, layout);
  return [
    ...plugs.map((plug) => `link set ${plug.interface} master ${WAN.bridge} up`),
    ...numbersOf(layout).map((number) => `route replace ${prefixOf(number)} via ${publicOf(number).ipv6}`),
    ...routeLines(layout),
  ];
}

const numbersOf = ({ routers }: LabLayout): number[] => [...new Set(routers.map(({ number }) => number))];

/** To what is inside of sites: by their routers if these are open, else into the black hole. */
const routeLines = ({ routers }: LabLayout): string[] =>
  routers
    .filter(({ inner }) => !inner)
    .map(
      ({ number, open }) =>
        `route replace ${networkOf(number)} ${open ? `via ${publicOf(number).ipv4}` : 'dev void0'}`,
    );

const networkOf = (number: number): string => insideOf(number, 0).ipv4 + '/24';

function routerLines(router: Router, layout: LabLayout): string[] {
  const { namespace, number, outside, inside, inner, gateway } = router;
  const plugs = plugsIn(namespace, layout);
  return [
    'link set lo up',
    'link set wan0 up',
    ...addresses(outside, 'wan0'),
    ...defaults(gateway),
    ...(inner ? [] : [`link add ${INSIDE} type bridge mcast_snooping 0`]),
    `link set ${INSIDE} up`,
    ...addresses(inside, INSIDE),
    ...(inner ? [`route add ${prefixOf(number)} via ${inner.ipv6}`] : []),
    ...plugs.map((plug) => `link set ${plug.interface} master ${INSIDE} up`),
  ];
}

const rulesOf = (router: Router, zone: number): string => natRules(router.nat, zone) + firewallRules(router);

/** NATs and firewalls anew, everything else as it is. */
export const rulesScript = (layout: LabLayout, zone: number): string =>
  inEach(
    new Map([
      [WAN.namespace, batch(routeLines(layout))],
      ...layout.routers.map((router) => [router.namespace, nft(rulesOf(router, zone))] as const),
    ]),
  );

export const firewallScript = (router: Router): string => nft(firewallRules(router));

/**
 * Takes the peer's addresses away and gives it others. Sockets on the old ones end where the kernel can do that, as
 * when a device leaves a WLAN.
 */
export function moveScript({ addresses: own, gateway }: LaidPeer, next: Addresses): string {
  const gateways = { ...(next.ipv4 && { ipv4: gateway.ipv4 }), ...(next.ipv6 && { ipv6: gateway.ipv6 }) };
  const gone = [...(own.ipv4 ? [own.ipv4] : []), ...(own.ipv6 ? [`'[${own.ipv6}]'`] : [])];
  return [
    batch([
      ...addresses(next, 'eth0'),
      ...(own.ipv4 ? [`addr del ${own.ipv4}/24 dev eth0`] : []),
      ...(own.ipv6 ? [`addr del ${own.ipv6}/64 dev eth0`] : []),
      ...defaults(gateways).map((line) => line.replace('route add', 'route replace')),
    ]),
    ...gone.map((address) => `ss -K src ${address} >/dev/null 2>&1 || true\n`),
  ].join('');
}

/** Ends what runs in a layout's namespaces and takes them away; the internet stays. */
export function removeScript(layout: LabLayout): string {
  const { routers, peers } = layout;
  const names = [...routers, ...peers].map(({ namespace }) => namespace);
  const plugs = plugsIn(WAN.namespace, layout);
  const numbers = numbersOf(layout);
  // An emulator may have taken its plugs away already, and their routes with them.
  const rest = [
    ...plugs.map((plug) => `link del ${plug.interface}`),
    ...numbers.flatMap((number) => [`route del ${prefixOf(number)}`, `route del ${networkOf(number)}`]),
  ];
  return [
    ...names.map((name) => `kill -9 $(ip netns pids ${name}) 2>/dev/null || true\n`),
    batch(names.map((name) => `netns del ${name}`)),
    fed(`ip -n ${WAN.namespace} -force -batch -`, rest.join('\n'), ' 2>/dev/null || true'),
  ].join('');
}
