import { connect, type Socket } from 'node:net';
import { NetworkError, TimeoutError, toError } from '../../errors.ts';
import { withDeadline } from '../../lifecycle/deadline.ts';
import type { Impairment } from '../../topology/topology.ts';
import { notTaken, parseShowinfo, wirefilterCommands, wirefilterSettings } from './wirefilter-settings.ts';

const PROMPT = 'VDEwf$ ';
const ANSWER_MS = 10_000;

/** The management socket of one wirefilter, which carries one direction of one cable. */
export class WirefilterControl implements AsyncDisposable {
  #name: string;
  #socket: Socket;
  #heard = '';
  #onHeard: () => void = () => {};
  #ended: Error | undefined;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(name: string, socket: Socket) {
    this.#name = name;
    this.#socket = socket;
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      this.#heard += text;
      this.#onHeard();
    });
    socket.on('error', (error) => this.#end(error));
    socket.on('close', () => this.#end(new Error('it has ended')));
  }

  /** @param name of the cable and the direction, for messages */
  static async open({ name, path }: { name: string; path: string }): Promise<WirefilterControl> {
    const control = new WirefilterControl(name, connect(path));
    try {
      await control.#untilPrompt();
      return control;
    } catch (error) {
      await control[Symbol.asyncDispose]();
      throw error;
    }
  }

  /**
   * Sets all parameters and reads them back. One after the other, in the order of the calls.
   *
   * @throws NetworkError when one was refused, or did not become what it was set to
   */
  set(impairment: Impairment): Promise<void> {
    const turn = this.#last.then(
      () => this.#set(impairment),
      () => this.#set(impairment),
    );
    this.#last = turn;
    turn.catch(() => {});
    return turn;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy();
    return Promise.resolve();
  }

  async #set(impairment: Impairment): Promise<void> {
    const settings = wirefilterSettings(impairment);
    // It takes one command at a time, and drops what comes before it has answered.
    for (const command of wirefilterCommands(settings)) await this.#ask(command);
    const wrong = notTaken(settings, parseShowinfo(await this.#ask('showinfo')));
    if (wrong.length > 0) throw this.#error(`did not take its settings: ${wrong.join(', ')}`);
  }

  async #ask(command: string): Promise<string> {
    this.#socket.write(`${command}\n`);
    const answer = await this.#untilPrompt();
    if (/^1000 /m.test(answer)) return answer;
    throw this.#error(`refused "${command}": ${/^1\d{3} .*/m.exec(answer)?.[0] ?? answer.trim()}`);
  }

  async #untilPrompt(): Promise<string> {
    const prompt = new Promise<string>((resolve, reject) => {
      this.#onHeard = () => {
        if (this.#ended) reject(this.#error(`does not answer: ${this.#ended.message}`));
        else if (this.#heard.endsWith(PROMPT)) resolve(this.#heard);
      };
      this.#onHeard();
    });
    try {
      const heard = await withDeadline(prompt, { timeoutMs: ANSWER_MS, what: `wirefilter of ${this.#name}` });
      this.#heard = '';
      return heard;
    } catch (error) {
      throw error instanceof TimeoutError ? this.#error('does not answer', error) : error;
    }
  }

  #end(error: Error): void {
    this.#ended ??= toError(error);
    this.#onHeard();
  }

  #error(what: string, cause?: unknown): NetworkError {
    return new NetworkError(`wirefilter of ${this.#name} ${what}`, { code: 'LINK_EMULATOR', cause });
  }
}
