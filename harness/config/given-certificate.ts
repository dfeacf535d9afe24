import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Problem } from '../errors.ts';
import { toError } from '../errors.ts';
import { type RunCertificate, spkiSha256 } from '../turn/run-certificate.ts';

/** Where the user's own certificate and its private key are; absolute. */
export interface CertificateFiles {
  cert: string;
  key: string;
}

export interface GivenCertificate {
  certificate: RunCertificate;
  /** What the user should know though it can be used. */
  warnings: string[];
}

/**
 * The user's own certificate, with its chain if the file has one. Pushes a problem for each file that cannot be used;
 * `undefined` if there was one.
 *
 * @param nowMs Epoch ms.
 */
export async function readGivenCertificate(
  files: CertificateFiles,
  problems: Problem[],
  nowMs = Date.now(),
): Promise<GivenCertificate | undefined> {
  // One after the other, so that problems come in this order.
  const cert = await readPem(files.cert, '--cert', problems);
  const key = await readPem(files.key, '--key', problems);
  const x509 =
    cert === undefined ? undefined : parse('--cert', problems, CERTIFICATE, () => new X509Certificate(cert));
  const secret = key === undefined ? undefined : parse('--key', problems, KEY, () => createPrivateKey(key));
  if (cert === undefined || key === undefined || !x509 || !secret) return undefined;
  if (!x509.checkPrivateKey(secret)) {
    problems.push({
      path: '--key',
      expected: `the private key of ${files.cert}`,
      got: `that of another certificate, ${files.key}`,
    });
    return undefined;
  }
  return {
    certificate: { cert, key, spkiSha256: spkiSha256(cert) },
    warnings: validityWarnings(x509, files.cert, nowMs),
  };
}

const CERTIFICATE = 'a certificate as PEM';
const KEY = 'a private key as PEM, without a passphrase';

async function readPem(file: string, path: string, problems: Problem[]): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (thrown) {
    problems.push({ path, expected: 'a file that can be read', got: toError(thrown).message });
    return undefined;
  }
}

function parse<Parsed>(
  path: string,
  problems: Problem[],
  expected: string,
  read: () => Parsed,
): Parsed | undefined {
  try {
    return read();
  } catch (thrown) {
    problems.push({ path, expected, got: toError(thrown).message });
    return undefined;
  }
}

/** The run's own browsers take it all the same, as they trust its key; a phone that joins does not. */
function validityWarnings({ validFrom, validTo }: X509Certificate, file: string, nowMs: number): string[] {
  const then = "the run's own browsers take it nevertheless, others will not";
  if (nowMs > Date.parse(validTo)) return [`${file} expired on ${validTo}: ${then}`];
  return nowMs < Date.parse(validFrom) ? [`${file} is not valid before ${validFrom}: ${then}`] : [];
}
