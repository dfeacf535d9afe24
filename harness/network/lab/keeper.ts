import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { NetworkError, toError } from '../../errors.ts';
import { withDeadline } from '../../lifecycle/deadline.ts';

/** A busy machine takes long to start a process. */
const OPEN_MS = 20_000;
const SCRIPT_MS = 60_000;

/** Where `ip`, `nft` and the rest of it are on systems that keep them out of users' way. */
export const SBIN_PATH = `${process.env['PATH'] ?? ''}:/usr/local/sbin:/usr/sbin:/sbin`;

/**
 * Private mounts for names of namespaces and for names of hosts; then waits for its input to end. The shell stays, as
 * the namespace's first process, and takes in the orphans.
 */
const KEEP = `
set -e
if mkdir -p /run/netns 2>/dev/null; then mount -t tmpfs tmpfs /run/netns
else mount -t tmpfs tmpfs /run; mkdir -p /run/netns /run/lock; fi
mount --make-shared /run/netns
mount --bind "$1/hosts" /etc/hosts
mount --bind "$1/resolv.conf" "$(readlink -f /etc/resolv.conf)"
ip link set lo up
echo ready
cat >/dev/null
`;

export interface KeeperOptions {
  /** Holds `hosts` and `resolv.conf`, which everything inside sees as its own in /etc. */
  folder: string;
  signal?: AbortSignal;
}

/**
 * Private user, mount, network and process namespaces, kept by a process that waits for its input to end.
 *
 * Whatever is started inside dies with it, and every namespace, cable and rule vanishes with the last process: also
 * when this process is killed, as its end of the pipe closes then.
 */
export class Keeper implements AsyncDisposable {
  /** Resolves when it is gone, wanted or not. */
  readonly exited: Promise<void>;
  #process: ChildProcess;
  #enter: readonly string[];
  #isClosing = false;

  private constructor(process: ChildProcess, enter: readonly string[], exited: Promise<void>) {
    this.#process = process;
    this.#enter = enter;
    this.exited = exited;
  }

  get pid(): number {
    return this.#process.pid!;
  }

  /** How it ended though nobody asked it to; `undefined` while all is well. */
  get death(): string | undefined {
    const { exitCode, signalCode } = this.#process;
    if (this.#isClosing || (exitCode === null && signalCode === null)) return undefined;
    const how = signalCode === null ? `exit code ${exitCode}` : `killed by ${signalCode}`;
    return `the lab's keeper died (pid ${this.pid}, ${how}), and everything in the lab with it`;
  }

  /** @throws NetworkError when this system lets us have no namespaces */
  static async open({ folder, signal }: KeeperOptions): Promise<Keeper> {
    signal?.throwIfAborted();
    const isRoot = process.getuid?.() === 0;
    const flags = ['-m', '-n', '-p', '-f', '--kill-child', '--mount-proc', '--propagation', 'private'];
    const args = [...(isRoot ? [] : ['-U', '-r']), ...flags, 'sh', '-c', KEEP, 'sh', folder];
    const child = spawn('unshare', args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, PATH: SBIN_PATH },
    });
    child.stdin.on('error', () => {});
    let words = '';
    child.stderr.on('data', (data: Buffer) => (words = `${words}${data.toString()}`.slice(-2000)));
    const exited = new Promise<void>((resolve) => {
      child.once('close', () => resolve());
      child.once('error', () => resolve());
    });
    const failed = exited.then(() => Promise.reject(noNamespaces(words)));
    failed.catch(() => {});
    try {
      await withDeadline(Promise.race([once(child.stdout, 'data'), failed]), {
        timeoutMs: OPEN_MS,
        what: 'the namespaces of the lab',
        lastSeen: () => words || undefined,
        signal,
      });
      return new Keeper(child, entering(await firstChild(child.pid!), isRoot), exited);
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    }
  }

  /** Words in front of a command that make it run in a named network namespace, or without a name in the keeper's own. */
  enter(namespace?: string): string[] {
    return [...this.#enter, ...(namespace === undefined ? [] : ['ip', 'netns', 'exec', namespace])];
  }

  /**
   * Runs a shell script inside and gives what it prints. `ip netns exec` reaches the others from the keeper's own
   * namespace, so that one script can set up all of them.
   *
   * @throws NetworkError with the script's last words when it fails
   */
  async run(
    script: string,
    { namespace, what = 'the lab' }: { namespace?: string; what?: string } = {},
  ): Promise<string> {
    const [command, ...args] = [...this.enter(namespace), 'sh', '-e'];
    return await new Promise((resolve, reject) => {
      const options = { timeout: SCRIPT_MS, maxBuffer: 16 << 20, env: { ...process.env, PATH: SBIN_PATH } };
      const child = execFile(command, args, options, (error, stdout, stderr) => {
        if (!error) return resolve(stdout);
        const last = stderr.trim().split('\n').slice(-3).join(' | ') || error.message;
        const details = { stderr: stderr.slice(-2000), script: script.slice(0, 4000) };
        reject(
          new NetworkError(`${what} could not be set up: ${last}`, { code: 'LAB_COMMAND_FAILED', details }),
        );
      });
      child.stdin?.on('error', () => {});
      child.stdin?.end(script);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosing = true;
    this.#process.stdin?.end();
    await withDeadline(this.exited, { timeoutMs: 3000, what: 'the lab to end' }).catch(async () => {
      // unshare takes its child along (--kill-child), and that, as the first of its process namespace, all others.
      this.#process.kill('SIGKILL');
      await this.exited;
    });
  }
}

function entering(pid: number, isRoot: boolean): string[] {
  const user = isRoot ? [] : ['-U', '--preserve-credentials'];
  return ['nsenter', '-t', String(pid), ...user, '-m', '-n', '-p', '--'];
}

/** The shell that unshare forked: the first process of the new namespaces, by its number out here. */
async function firstChild(pid: number): Promise<number> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch((error: unknown) => {
    throw new NetworkError(`the lab's first process was not found: ${toError(error).message}`, {
      code: 'LAB_UNAVAILABLE',
    });
  });
  return Number(children.trim().split(' ')[0]);
}

function noNamespaces(words: string): NetworkError {
  return new NetworkError(
    `no network namespaces here: ${words.trim().split('\n').at(-1) ?? 'unshare failed'}`,
    {
      code: 'LAB_UNAVAILABLE',
      hint: 'run as root, or allow user namespaces; `callrig doctor` says what is missing',
      details: { stderr: words },
    },
  );
}
