import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import type { CallRecord, ConsoleEntry } from '../call-record.ts';
import type { MachineSample } from '../monitor/machine-sample.ts';
import type { Plan } from '../plan/plan.ts';
import type { RunResult } from '../result.ts';
import type { StatsDelta } from '../stats/sample.ts';
import { Appender, appendMakingFolder } from './appender.ts';
import { makeFolder, pointLatest, writeAtomically } from './files.ts';
import { LAYOUT, type CallEvent, type RunEvent } from './layout.ts';
import { SeriesWriter, type SeriesWriterOptions } from './series-writer.ts';
import { writeError } from './store-error.ts';

/**
 * A run's folder while the run goes on; where things are in it is in layout.ts.
 *
 * `append…` resolves when the line is accepted, which is at once unless the disk is slow: await it where lines come
 * fast, else `void` it. Lines are on disk a moment later. The first write that fails ends the store: `failure` is
 * aborted with one `StoreError`, with which every pending and later call rejects; what was written stays readable.
 */
export interface RunStore extends AsyncDisposable {
  readonly runId: string;
  /** Absolute. */
  readonly folder: string;
  /** Aborted, with a `StoreError` as its reason, when nothing more can be written. */
  readonly failure: AbortSignal;

  writePlan(plan: Plan): Promise<void>;
  writeEnvironment(environment: RunResult['environment']): Promise<void>;
  appendEvent(event: RunEvent): Promise<void>;
  /** What the machine did in the last second. */
  appendHost(sample: MachineSample): Promise<void>;
  appendCallEvent(call: string, event: CallEvent): Promise<void>;
  appendStats(call: string, role: string, line: StatsDelta): Promise<void>;
  /** The same, compressed, on disk some seconds later: for calls by the hundred. Heed {@link RunStore.seriesFill}. */
  appendSeries(call: string, role: string, line: StatsDelta): void;
  /** How much of the memory for series waits for the disk, 0 to 1; more when it is used up. */
  readonly seriesFill: number;
  /** Of series: the longest that a line waited, and how much there is. */
  readonly series: { longestDelayMs: number; writtenBytes: number };
  appendConsole(call: string, role: string, entry: ConsoleEntry): Promise<void>;
  /** One line of what the signaling server relayed for the call. */
  appendSignaling(call: string, entry: unknown): Promise<void>;
  /** As it came from the process; not cut into lines. */
  appendBrowserLog(browser: string, text: string): Promise<void>;
  /** Writes the finished call's record, whole or not at all, after everything appended for that call. */
  writeCall(record: CallRecord): Promise<void>;
  /** Absolute path of a file that somebody else will write, its folder made. */
  fileFor(name: string): Promise<string>;
  /** Writes a file of the run's folder (`result.json`, `report.html`), whole or not at all. */
  writeText(name: string, text: string): Promise<void>;
  /** Resolves when everything appended so far is on disk. */
  flush(): Promise<void>;
  /** Flushes; idempotent. Rejects if the store has failed, which leaving an `await using` does not. */
  close(): Promise<void>;
}

export interface RunStoreOptions {
  /** The folder that holds all runs; made when it is not there. */
  root: string;
  /** Name of the new folder inside it. */
  runId: string;
  /** How series are written: where a disk is to be slow. */
  series?: Partial<SeriesWriterOptions>;
}

/** Makes a run's folder and points `latest` at it. Throws `StoreError` if that cannot be written. */
export async function createRunStore({ root, runId, series }: RunStoreOptions): Promise<RunStore> {
  const folder = resolve(root, runId);
  try {
    await makeFolder(dirname(folder));
    await mkdir(folder);
    await pointLatest(dirname(folder), runId);
  } catch (thrown) {
    throw writeError(thrown, folder);
  }
  return new FolderStore(runId, folder, series);
}

/** Writes again into the folder of a finished run: for `judge` and `report`. */
export function reopenRunStore(folder: string): RunStore {
  const absolute = resolve(folder);
  return new FolderStore(absolute.slice(absolute.lastIndexOf(sep) + 1), absolute);
}

class FolderStore implements RunStore {
  readonly runId: string;
  readonly folder: string;
  readonly #appender = new Appender();
  readonly #series: SeriesWriter;

  constructor(runId: string, folder: string, series: Partial<SeriesWriterOptions> = {}) {
    this.runId = runId;
    this.folder = folder;
    this.#series = new SeriesWriter({
      write: appendMakingFolder,
      onFailure: (thrown, path) => this.#appender.fail(thrown, path),
      ...series,
    });
  }

  get failure(): AbortSignal {
    return this.#appender.failure;
  }

  writePlan(plan: Plan): Promise<void> {
    return this.writeText(LAYOUT.plan, toJson(plan));
  }

  writeEnvironment(environment: RunResult['environment']): Promise<void> {
    return this.writeText(LAYOUT.environment, toJson(environment));
  }

  appendEvent(event: RunEvent): Promise<void> {
    return this.#appendLine(LAYOUT.events, event);
  }

  appendHost(sample: MachineSample): Promise<void> {
    return this.#appendLine(LAYOUT.host, sample);
  }

  appendCallEvent(call: string, event: CallEvent): Promise<void> {
    return this.#appendLine(LAYOUT.callEvents(call), event);
  }

  appendStats(call: string, role: string, line: StatsDelta): Promise<void> {
    return this.#appendLine(LAYOUT.stats(call, role), line);
  }

  appendSeries(call: string, role: string, line: StatsDelta): void {
    this.#series.append(this.#path(LAYOUT.series(call, role)), `${JSON.stringify(line)}\n`);
  }

  get seriesFill(): number {
    return this.#series.fill;
  }

  get series(): RunStore['series'] {
    return this.#series;
  }

  appendConsole(call: string, role: string, entry: ConsoleEntry): Promise<void> {
    return this.#appendLine(LAYOUT.console(call, role), entry);
  }

  appendSignaling(call: string, entry: unknown): Promise<void> {
    return this.#appendLine(LAYOUT.signaling(call), entry);
  }

  appendBrowserLog(browser: string, text: string): Promise<void> {
    return this.#appender.append(this.#path(LAYOUT.browserLog(browser)), text);
  }

  async writeCall(record: CallRecord): Promise<void> {
    const name = LAYOUT.call(record.id);
    const series = Object.keys(record.peers).map((role) => this.#path(LAYOUT.series(record.id, role)));
    await this.#series.settled(series);
    await this.#appender.settled(dirname(this.#path(name)));
    await this.writeText(name, toJson(record));
  }

  async fileFor(name: string): Promise<string> {
    const path = this.#path(name);
    await mkdir(dirname(path), { recursive: true });
    return path;
  }

  async writeText(name: string, text: string): Promise<void> {
    this.failure.throwIfAborted();
    const path = this.#path(name);
    try {
      await writeAtomically(path, text);
    } catch (thrown) {
      this.#appender.fail(thrown, path);
    }
    this.failure.throwIfAborted();
  }

  async flush(): Promise<void> {
    await this.#series.settled();
    await this.#appender.settled();
  }

  async close(): Promise<void> {
    await this.#series.close();
    this.#appender.end();
    await this.#appender.settled();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Whoever holds the store was told by `failure`; a second error would only hide the first.
    await this.close().catch(() => {});
  }

  #appendLine(name: string, value: unknown): Promise<void> {
    return this.#appender.append(this.#path(name), `${JSON.stringify(value)}\n`);
  }

  /** Names come from scenarios and flags: none may lead out of the run's folder. */
  #path(name: string): string {
    const path = join(this.folder, name);
    if (!path.startsWith(this.folder + sep)) throw new RangeError(`${name} leads out of the run's folder`);
    return path;
  }
}

function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
