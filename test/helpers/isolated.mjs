// node test/helpers/isolated.mjs COMMAND…: runs the command in a network namespace of its own where that is possible,
// so that browsers under test cannot reach, and cannot be reached by, anything but this machine.
//
// Firefox 153 gathers no candidate for 127.0.0.1, so two addresses of our own stand in for a network card. Elsewhere
// (no Linux, no right to make namespaces) the command runs as it is: peers then use the machine's own addresses.
import { spawn, spawnSync } from 'node:child_process';
import { constants } from 'node:os';

const SETUP = [
  'ip link set lo up',
  'ip link add callrig0 type veth peer name callrig1',
  'ip addr add 10.99.0.1/24 dev callrig0',
  'ip addr add fd99::1/64 dev callrig0 nodad',
  'ip link set callrig0 up',
  'ip link set callrig1 up',
  'ip route add default via 10.99.0.2',
].join(' && ');

const command = process.argv.slice(2);
const enter = ['--net', ...(process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'])];
const isPossible =
  process.platform === 'linux' &&
  process.env.CALLRIG_TEST_NETWORK !== 'host' &&
  spawnSync('unshare', [...enter, 'sh', '-c', `PATH=$PATH:/usr/sbin:/sbin; ${SETUP}`], { stdio: 'ignore' })
    .status === 0;

const child = isPossible
  ? spawn(
      'unshare',
      [...enter, 'sh', '-c', `PATH=$PATH:/usr/sbin:/sbin; ${SETUP} && exec "$@"`, 'sh', ...command],
      {
        stdio: 'inherit',
        env: { ...process.env, CALLRIG_TEST_NETWORK: 'namespace' },
      },
    )
  : spawn(command[0], command.slice(1), { stdio: 'inherit', shell: process.platform === 'win32' });
// A terminal's Ctrl-C reaches the child as well, which ends by itself.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
