import type { PageRig } from '../connection-settings.ts';
import type { ConfigureArg } from '../protocol.ts';
import { compile } from './compile.ts';
import { inPhase } from './phase-error.ts';

/** What a connection is made with: the script's functions are functions again. */
export type LocalSettings = Omit<ConfigureArg, 'prepare' | 'rewrite' | 'arg'> & {
  prepare?: (pc: RTCPeerConnection, rig: PageRig) => unknown;
  rewrite?: (description: RTCSessionDescriptionInit) => RTCSessionDescriptionInit;
};

export async function toLocalSettings({
  prepare,
  rewrite,
  arg,
  ...settings
}: ConfigureArg): Promise<LocalSettings> {
  const preparing = await Promise.all((prepare ?? []).map(compile));
  const rewriting = rewrite === undefined ? undefined : await compile(rewrite);
  return {
    ...settings,
    ...(preparing.length > 0 && {
      prepare: (pc: RTCPeerConnection, rig: PageRig) =>
        inPhase('script', 'configure(): prepare', async () => {
          for (const each of preparing) await each(pc, rig, arg);
        }),
    }),
    ...(rewriting && {
      rewrite: (description: RTCSessionDescriptionInit) =>
        rewriting(description, arg) as RTCSessionDescriptionInit,
    }),
  };
}

/** What the settings add to the configuration that the network gave. Making an RSA key takes some 100 ms. */
export async function toConfiguration(
  rtc: RTCConfiguration,
  { bundlePolicy, iceCandidatePoolSize, certificate }: LocalSettings,
): Promise<RTCConfiguration> {
  return {
    ...rtc,
    ...(bundlePolicy && { bundlePolicy }),
    ...(iceCandidatePoolSize !== undefined && { iceCandidatePoolSize }),
    ...(certificate && { certificates: [await makeCertificate(certificate)] }),
  };
}

function makeCertificate(key: 'ECDSA' | 'RSA'): Promise<RTCCertificate> {
  const algorithm =
    key === 'ECDSA'
      ? { name: 'ECDSA', namedCurve: 'P-256' }
      : {
          name: 'RSASSA-PKCS1-v1_5',
          modulusLength: 2048,
          publicExponent: new Uint8Array([1, 0, 1]),
          hash: 'SHA-256',
        };
  return inPhase('negotiation', `generateCertificate(${key})`, () =>
    RTCPeerConnection.generateCertificate(algorithm),
  );
}
