import { describe, expect, test } from 'vitest';
import {
  choosePackages,
  detectSystem,
  installCommand,
  type System,
} from '../../harness/setup/system-packages.mjs';
import { LAB_THINGS } from '../../harness/setup/things.mjs';
import { FakeMachine } from './fake-machine.ts';

const DEBIAN: Record<string, string> = {
  chromium: 'Package: chromium\nDepends: libc6',
  'chromium-sandbox': 'Package: chromium-sandbox',
  'fonts-liberation': 'Package: fonts-liberation',
  'firefox-esr': 'Package: firefox-esr',
  coturn: 'Package: coturn',
};
const UBUNTU: Record<string, string> = {
  'chromium-browser': 'Package: chromium-browser\nPre-Depends: debconf, snapd (>= 2.54)',
  firefox: 'Package: firefox\nPre-Depends: debconf, snapd',
  coturn: 'Package: coturn',
};

describe('choosePackages()', () => {
  test("takes Debian's names, with the sandbox helper and a font beside Chromium", () => {
    expect(choosePackages(['chrome', 'firefox', 'coturn'], (name) => DEBIAN[name])).toEqual({
      packages: ['chromium', 'chromium-sandbox', 'fonts-liberation', 'firefox-esr', 'coturn'],
      unknown: [],
    });
  });

  test("takes none of Ubuntu's packages that only fetch a snap", () => {
    expect(choosePackages(['chrome', 'firefox', 'coturn'], (name) => UBUNTU[name])).toEqual({
      packages: ['coturn'],
      unknown: ['chrome', 'firefox'],
    });
  });
});

describe('installCommand()', () => {
  test("gets Chromium's headless shell from apt alone, which has a package of it", () => {
    expect(installCommand(['headless-shell'], on('apt-get'))).toBe(
      'apt-get install -y --no-install-recommends chromium-headless-shell',
    );
    expect(installCommand(['headless-shell'], on('dnf'))).toBeUndefined();
  });

  const on = (command: string, changes: Partial<System> = {}): System => {
    using machine = new FakeMachine();
    machine.command(command);
    return { ...detectSystem(machine.env, { platform: 'linux', uid: 0 }), ubuntu: false, ...changes };
  };

  test.for([
    ['apt-get', 'apt-get install -y --no-install-recommends chromium nftables'],
    ['dnf', 'dnf install -y chromium nftables'],
    ['pacman', 'pacman -S --noconfirm chromium nftables'],
    ['apk', 'apk add chromium nftables'],
  ])('is what %s takes', ([manager, command]) => {
    expect(installCommand(['chrome', 'nft'], on(`${manager}`))).toBe(command);
  });

  test.for([
    ['apt-get', 'apt-get install -y --no-install-recommends iproute2 nftables vde2 tshark'],
    ['dnf', 'dnf install -y iproute nftables iproute-tc vde2 wireshark-cli'],
    ['pacman', 'pacman -S --noconfirm iproute2 nftables vde2 wireshark-cli'],
    ['zypper', 'zypper install -y iproute2 nftables vde2 wireshark'],
    ['apk', 'apk add iproute2 nftables iproute2-tc vde2 tshark'],
  ])("is what %s takes for the lab's tools", ([manager, command]) => {
    expect(installCommand(LAB_THINGS, on(`${manager}`))).toBe(command);
  });

  test('sends browsers to snap on Ubuntu', () => {
    expect(installCommand(['chrome', 'coturn'], on('apt-get', { ubuntu: true, sudo: ['sudo'] }))).toBe(
      'sudo apt-get install -y --no-install-recommends coturn && sudo snap install chromium',
    );
  });

  test('is undefined if nothing here has it', () => {
    using machine = new FakeMachine();
    expect(installCommand(['chrome'], detectSystem(machine.env, { platform: 'linux' }))).toBeUndefined();
    expect(installCommand(['nft'], on('brew'))).toBeUndefined();
  });
});

describe('detectSystem()', () => {
  test('may install as root', () => {
    using machine = new FakeMachine();
    machine.command('apt-get');
    expect(detectSystem(machine.env, { platform: 'linux', uid: 0 })).toMatchObject({
      sudo: [],
      cannot: undefined,
    });
  });

  test('may install as anybody if sudo asks for no password', () => {
    using machine = new FakeMachine();
    machine.command('apt-get');
    machine.command('true');
    expect(detectSystem(machine.env, { platform: 'linux', uid: 1000 })).toMatchObject({
      sudo: ['sudo'],
      cannot: undefined,
    });
  });

  test('may not if sudo asks for a password', () => {
    using machine = new FakeMachine();
    machine.command('apt-get');
    machine.command('sudo', 'exit 1');
    const { cannot } = detectSystem(machine.env, { platform: 'linux', uid: 1000 });
    expect(cannot).toBe('apt-get needs root, and sudo asks for a password');
  });

  test('never runs a manager other than apt-get', () => {
    using machine = new FakeMachine();
    machine.command('dnf');
    const { cannot } = detectSystem(machine.env, { platform: 'linux', uid: 0 });
    expect(cannot).toBe('Callrig does not run dnf by itself');
  });
});
