import type { ConnectionSettings, PageRig } from './connection-settings.ts';
import type { Falsy, UntilOptions } from './peer.ts';
import type { PeerLink } from './peer-link.ts';

/** Runs in the page: its source travels, and it sees nothing but its arguments. */
export type PageFunction<Arg, Result> = (arg: Arg, rig: PageRig) => Result | Promise<Result>;

export async function configure<Arg>(link: PeerLink, settings: ConnectionSettings<Arg>): Promise<void> {
  const { prepare, rewrite, ...rest } = settings;
  const told = {
    ...rest,
    ...(prepare && { prepare: [prepare].flat().map((each) => each.toString()) }),
    ...(rewrite && { rewrite: rewrite.toString() }),
  };
  await link.command('configure', told, { phase: 'script' });
}

export async function evaluate<Arg, Result>(
  link: PeerLink,
  body: PageFunction<Arg, Result>,
  arg: Arg,
): Promise<Result> {
  const result = await link.command('evaluate', { body: body.toString(), arg }, { phase: 'script' });
  return result as Result;
}

export async function until<Arg, Result>(
  link: PeerLink,
  body: PageFunction<Arg, Result>,
  arg: Arg,
  { awaited, phase = 'script', timeoutMs = link.callTimeoutMs }: UntilOptions,
): Promise<Exclude<Result, Falsy>> {
  const told = { body: body.toString(), arg, timeoutMs };
  const result = await link.command('until', told, { phase, timeoutMs, awaited });
  return result as Exclude<Result, Falsy>;
}
