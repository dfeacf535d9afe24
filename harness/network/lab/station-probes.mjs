// @ts-check
// What a station can measure: see link-probe.ts and nat-probe.ts for what it means.

/** By name, what the harness may ask of a station beside sockets. */
export const probes = {};
