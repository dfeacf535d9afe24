import type { Cable, CableEnd } from './emulator.ts';

/** Waits of 10 ms for the last interface to have its plug. */
const CARRIER_WAITS = 500;
const RESTLESS_US = 2_000_000;

/**
 * The shell script that lays cables, all at once. Management sockets are `NUMBER.a-to-b` and `NUMBER.b-to-a` in the
 * folder; what the processes complain of is in `NUMBER.log`.
 *
 * Frames go from plug to filter to plug through pipes. The pipes are in packet mode (pipe(2), O_DIRECT), which dd can set
 * on an open pipe: wirefilter mistakes the next frame's length when a read ends between the two bytes of one.
 *
 * Such a pipe holds 16 frames. From plug to filter a full one drops frames, as plugs that waited there would leave the
 * other direction's pipe full and both filters waiting for ever. Where the system lets us, all of them go before the
 * browsers when they have something to do, filters first, so that pipes do not fill.
 */
export function wirefilterScript(
  folder: string,
  numbered: readonly { cable: Cable; number: number }[],
): string {
  const jobs = numbered.map(({ cable, number }) => `( ${cableScript(cable, number)} ) & jobs="$jobs $!"`);
  const ends = numbered.flatMap(({ cable }) => [cable.a, cable.b]);
  return [
    `cd ${quoted(folder)}`,
    FUNCTIONS,
    'jobs=""',
    ...jobs,
    'for job in $jobs; do wait $job; done',
    ...numbered.map(({ number }) => `until_there ${number}.a-to-b ${number}.b-to-a`),
    ...ends.map((end) => `until_up ${quoted(end.namespace)} ${quoted(end.interface)}`),
    '',
  ].join('\n');
}

/**
 * Ends what the script above started, which is all that has the folder as its own. A filter outlives its plugs otherwise,
 * and a plug whose interface is taken away never rests.
 */
export function endWirefilterScript(folder: string): string {
  return `for process in /proc/[0-9]*; do
  if [ "$(readlink "$process/cwd")" = ${quoted(folder)} ]; then kill -9 "\${process#/proc/}" || true; fi
done 2>/dev/null
`;
}

/**
 * `chrt -f`: real-time, so that a busy machine does not add to delays. `--rttime`: the kernel ends a process that does not
 * rest, such as a plug whose interface is gone, before it keeps a core from everybody else.
 */
const FUNCTIONS = `
soon='prlimit --rttime=${RESTLESS_US} chrt -f'
if $soon 1 true 2>/dev/null; then plugs="$soon 1" filters="$soon 2"; else plugs='' filters=''; fi
patience=${CARRIER_WAITS}
pause() {
  patience=$((patience - 1))
  if [ $patience -le 0 ]; then echo "$1" >&2; cat ./*.log >&2; exit 1; fi
  sleep 0.01
}
until_there() { for path; do while [ ! -S $path ]; do pause "wirefilter $path did not start"; done; done; }
until_up() {
  until ip -n "$1" -o link show dev "$2" | grep -q LOWER_UP; do pause "vde_plug2tap did not plug in $2"; done
}`.trim();

function cableScript({ a, b }: Cable, number: number): string {
  const pipe = (fd: number) => {
    const flags = fd === 3 || fd === 5 ? 'direct,nonblock' : 'direct';
    const path = `${number}.${fd}`;
    return `mkfifo ${path}; exec ${fd}<>${path}; rm ${path}; dd oflag=${flags} count=0 status=none >&${fd} </dev/null`;
  };
  const close = '3>&- 4>&- 5>&- 6>&-';
  const plug = ({ namespace, interface: name }: CableEnd, input: number, output: number) =>
    `setsid $plugs ip netns exec ${quoted(namespace)} vde_plug2tap -s - ${quoted(name)} <&${input} >&${output} ${close} &`;
  const filter = (direction: string, input: number, output: number) =>
    `setsid $filters wirefilter -M ${number}.${direction} <&${input} >&${output} ${close} &`;
  return [
    ...[a, b].map(tap),
    ...[3, 4, 5, 6].map(pipe),
    `exec 2>>${number}.log`,
    plug(a, 6, 3),
    filter('a-to-b', 3, 4),
    plug(b, 4, 5),
    filter('b-to-a', 5, 6),
  ].join('\n');
}

function tap({ namespace, interface: name }: CableEnd): string {
  const at = `ip -n ${quoted(namespace)}`;
  return `${at} tuntap add dev ${quoted(name)} mode tap\n${at} link set dev ${quoted(name)} up`;
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
