import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { GridAddress } from './address.ts';

const WATCHDOG = fileURLToPath(new URL('./session-watchdog.mjs', import.meta.url));

/** A process that outlives the harness just long enough to end the sessions that it left, should it be killed. */
export class SessionWatchdog implements AsyncDisposable {
  #address: GridAddress;
  #child;

  constructor(address: GridAddress) {
    this.#address = address;
    this.#child = spawn(process.execPath, [WATCHDOG], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
      windowsHide: true,
    });
    this.#child.unref();
    // The harness may be told to go while the watchdog is going already.
    this.#child.stdin.on('error', () => {});
    this.#child.on('error', () => {});
  }

  opened(session: string): void {
    const { authorization } = this.#address;
    this.#tell({ opened: this.#urlOf(session), ...(authorization !== undefined && { authorization }) });
  }

  ended(session: string): void {
    this.#tell({ ended: this.#urlOf(session) });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { pid, exitCode, signalCode } = this.#child;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.ref();
    this.#child.stdin.end();
    await gone;
  }

  #tell(line: Record<string, string>): void {
    this.#child.stdin.write(`${JSON.stringify(line)}\n`);
  }

  #urlOf(session: string): string {
    return `${this.#address.url}/session/${session}`;
  }
}
