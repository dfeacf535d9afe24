// @ts-check
// What a station can measure: see cable-probe.ts and nat-probe.ts for what it means.
import { linkProbes } from '../impairment/link-probes.mjs';
import { natProbes } from './nat-probes.mjs';

/** By name, what the harness may ask of a station beside sockets. */
export const probes = { ...linkProbes, ...natProbes };
