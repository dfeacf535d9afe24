import { createHash, X509Certificate } from 'node:crypto';

export interface RunCertificate {
  /** PEM. */
  cert: string;
  key: string;
  /** SHA-256 of its public key, base64: what Chromium's `--ignore-certificate-errors-spki-list` takes. */
  spkiSha256: string;
}

/** A new self-signed certificate that is valid for a run's own names and addresses. */
export async function runCertificate({
  names = [],
  ips = [],
}: {
  names?: readonly string[];
  ips?: readonly string[];
}): Promise<RunCertificate> {
  const { generate } = await import('selfsigned');
  const altNames = [
    ...[...new Set(['localhost', ...names])].map((value) => ({ type: 2 as const, value })),
    ...[...new Set(['127.0.0.1', '::1', ...ips])].map((ip) => ({ type: 7 as const, ip })),
  ];
  const pems = await generate([{ name: 'commonName', value: 'callrig run' }], {
    algorithm: 'sha256',
    // An RSA key takes 0.3 s to make, this 20 ms.
    keyType: 'ec',
    extensions: [{ name: 'subjectAltName', altNames }],
  });
  return { key: pems.private, cert: pems.cert, spkiSha256: spkiSha256(pems.cert) };
}

/** SHA-256 of a certificate's public key, base64 (RFC 7469 §2.4). */
export function spkiSha256(cert: string): string {
  const spki = new X509Certificate(cert).publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(spki).digest('base64');
}
