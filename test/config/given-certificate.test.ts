import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readGivenCertificate } from '../../harness/config/given-certificate.ts';
import type { Problem } from '../../harness/errors.ts';
import { runCertificate } from '../../harness/turn/run-certificate.ts';
import { temporaryFolder } from '../store/a-run.ts';

/** Files with these contents; `undefined` is a file that is not there. */
async function read({ cert, key }: { cert?: string; key?: string }, nowMs?: number) {
  await using folder = await temporaryFolder();
  const files = { cert: join(folder.path, 'cert.pem'), key: join(folder.path, 'key.pem') };
  if (cert !== undefined) await writeFile(files.cert, cert);
  if (key !== undefined) await writeFile(files.key, key);
  const problems: Problem[] = [];
  const given = await readGivenCertificate(files, problems, nowMs);
  return { given, problems, files };
}

test('readGivenCertificate() reads a certificate and its key', async () => {
  const made = await runCertificate({});
  const { given, problems } = await read(made);
  expect(problems).toEqual([]);
  expect(given).toEqual({ certificate: made, warnings: [] });
});

test('readGivenCertificate() warns of a certificate that has expired, or is not valid yet', async () => {
  const made = await runCertificate({});
  const late = await read(made, Date.parse('2200-01-01'));
  expect(late.given?.warnings).toEqual([expect.stringMatching(/cert\.pem expired on .+: the run's own/)]);
  const early = await read(made, Date.parse('1990-01-01'));
  expect(early.given?.warnings).toEqual([expect.stringContaining('is not valid before')]);
  expect([...late.problems, ...early.problems]).toEqual([]);
});

test('readGivenCertificate() says that the key is that of another certificate', async () => {
  const [one, other] = await Promise.all([runCertificate({}), runCertificate({})]);
  const { given, problems, files } = await read({ cert: one.cert, key: other.key });
  expect(given).toBeUndefined();
  expect(problems).toMatchObject([{ path: '--key', expected: `the private key of ${files.cert}` }]);
});

test('readGivenCertificate() tells of both files if neither can be used', async () => {
  expect((await read({})).problems.map(({ path, expected }) => `${path}: ${expected}`)).toEqual([
    '--cert: a file that can be read',
    '--key: a file that can be read',
  ]);
  const { problems } = await read({ cert: 'no certificate', key: 'no key' });
  expect(problems.map(({ path, expected }) => `${path}: ${expected}`)).toEqual([
    '--cert: a certificate as PEM',
    '--key: a private key as PEM, without a passphrase',
  ]);
});
