// @ts-check
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** @param {string} root */
const memoryOf = (root) => join(root, 'node_modules', '.cache', 'callrig', 'not-installed.json');

/**
 * What could not be installed earlier, and why: tried again only by `npm run setup`. Forgotten with node_modules.
 *
 * @param {string} root The repository.
 * @returns {Record<string, string>}
 */
export function recall(root) {
  try {
    return JSON.parse(readFileSync(memoryOf(root), 'utf8'));
  } catch {
    return {};
  }
}

/**
 * @param {string} root
 * @param {readonly { thing: string, reasons: string[] }[]} failures Added to what is remembered.
 */
export function remember(root, failures) {
  if (failures.length === 0) return;
  const added = Object.fromEntries(failures.map(({ thing, reasons }) => [thing, reasons.join('; ')]));
  mkdirSync(dirname(memoryOf(root)), { recursive: true });
  writeFileSync(memoryOf(root), `${JSON.stringify({ ...recall(root), ...added }, undefined, 2)}\n`);
}
