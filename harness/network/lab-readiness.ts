import { judgeLab } from '../setup/doctor/judge-lab.ts';
import { tryLab } from '../setup/doctor/lab.ts';
import { planInstall } from '../setup/install.mjs';
import { locate } from '../setup/things.mjs';

/** Whether this machine can be a lab. */
export interface LabReadiness {
  ready: boolean;
  /** What is missing, as a sentence without a full stop. Also there when only impairments are. */
  why?: string;
  /** What makes impairments. `undefined` on a lab that is ready: NATs and firewalls, but links are as they are. */
  backend?: 'netem' | 'wirefilter';
  /** What the reader can do about `why`. */
  hint?: string;
}

/** Tries what the lab uses, in namespaces that are thrown away: some 50 ms. */
export function labReadiness(env: Readonly<Record<string, string | undefined>>): LabReadiness {
  const { ready, detail, backend, lacks, install, hint } = judgeLab(
    tryLab(env),
    (name) => locate(name, { ...env }) !== undefined,
  );
  if (lacks.length === 0) return { ready, ...(backend && { backend }) };
  const commands = planInstall(install, { env: { ...env } }).flatMap(({ byHand }) => byHand.slice(0, 1));
  const help = [
    ...(install.length > 0 ? ['npm run setup -- --with lab'] : []),
    ...new Set(commands),
    ...(hint ? [hint] : []),
  ];
  return {
    ready,
    why: ready ? `no impairment: ${lacks.join(', ')} is missing` : detail,
    ...(help.length > 0 && { hint: help.join(', or: ') }),
  };
}
