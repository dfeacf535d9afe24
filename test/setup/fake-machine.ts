import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findCommand } from '../../harness/setup/processes.mjs';

/** A folder with its own PATH, home and repository, so that nothing of this machine is found or touched. */
export class FakeMachine implements Disposable {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'callrig-machine-'));
  readonly bin = this.#make('bin');
  readonly home = this.#make('home');
  readonly root = this.#make('repository');
  readonly env = { PATH: this.bin, HOME: this.home };
  readonly said: string[] = [];
  readonly log = (line: string) => void this.said.push(line);

  constructor() {
    for (const command of ['env', 'sh', 'mkdir', 'cp', 'cat']) {
      const real = findCommand(command, process.env);
      if (real) symlinkSync(real, path.join(this.bin, command));
    }
    // Runs what it is told, as root or as anybody else: these tests pass for both.
    this.command('sudo', 'shift; exec "$@"');
  }

  /** An executable script; returns its path. */
  command(name: string, script = 'exit 0'): string {
    return this.file(path.join('bin', name), `#!/bin/sh\n${script}\n`, 0o755);
  }

  file(name: string, text = '', mode = 0o644): string {
    const file = path.join(this.folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    // It may be a link to a command of this machine, which must not be written through.
    rmSync(file, { force: true });
    writeFileSync(file, text);
    chmodSync(file, mode);
    return file;
  }

  /** What the fake commands wrote, a line each; empty when there is no such file. */
  lines(name: string): string[] {
    const file = path.join(this.folder, name);
    return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
  }

  #make(name: string): string {
    const folder = path.join(this.folder, name);
    mkdirSync(folder);
    return folder;
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
