import type { Peer } from '../peer/peer.ts';
import type { Fact } from './scenario.ts';

/** What came of a `getUserMedia()`. */
export interface Capture {
  /** Of the first track. */
  settings?: MediaTrackSettings;
  /** `DOMException.name`, and of an `OverconstrainedError` which constraint could not be met. */
  error?: { name: string; constraint?: string; message: string };
}

/** An input device as the page may know it. */
export interface KnownDevice {
  kind: string;
  deviceId: string;
  label: string;
}

// Run in a peer's page: they see nothing but their arguments.

/** Opens a capture and lets go of it again; `denied`: in a frame whose permissions policy has neither device. */
export async function captureOnce({
  constraints,
  denied = false,
}: {
  constraints: MediaStreamConstraints;
  denied?: boolean;
}): Promise<Capture> {
  const frame = document.createElement('iframe');
  frame.allow = "camera 'none'; microphone 'none'";
  if (denied) document.body.append(frame);
  const { mediaDevices } = (denied ? frame.contentWindow! : window).navigator;
  try {
    const stream = await mediaDevices.getUserMedia(constraints);
    const settings = stream.getTracks()[0]!.getSettings();
    for (const track of stream.getTracks()) track.stop();
    return { settings };
  } catch (thrown) {
    const { name, message, constraint } = thrown as OverconstrainedError;
    return { error: { name, message, ...(constraint && { constraint }) } };
  } finally {
    frame.remove();
  }
}

/** The inputs there are. */
export async function inputDevices(): Promise<KnownDevice[]> {
  const all = await navigator.mediaDevices.enumerateDevices();
  return all.flatMap(({ kind, deviceId, label }) =>
    kind === 'audiooutput' ? [] : [{ kind, deviceId, label }],
  );
}

/**
 * Whether a capture has these settings, to a tenth: as was asked for with `exact`.
 *
 * @see https://www.w3.org/TR/mediacapture-streams/#dfn-exact
 */
export function settingsFact(
  peer: Peer,
  { settings, error }: Capture,
  expected: { readonly [Key in 'width' | 'height' | 'frameRate']?: number },
): Fact {
  const wanted = Object.entries(expected);
  const got = (key: string) => settings?.[key as 'width'];
  return {
    name: `exactly ${describe(wanted)} is what one gets`,
    peer,
    passed:
      settings !== undefined &&
      wanted.every(([key, value]) => Math.abs((got(key) ?? Number.NaN) - value) <= value / 10),
    expected: describe(wanted),
    actual: error ? describeError(error) : describe(wanted.map(([key]) => [key, got(key)])),
    phase: 'media',
  };
}

/** Whether a capture was refused, with that error, and for that constraint if it is one that says so. */
export function refusedCaptureFact(
  peer: Peer,
  { settings, error }: Capture,
  { what, name, constraint }: { what: string; name: string; constraint?: string },
): Fact {
  return {
    name: `${what} is refused`,
    peer,
    passed: error?.name === name && error.constraint === constraint,
    expected: constraint === undefined ? name : `${name} of ${constraint}`,
    actual: error ? describeError(error) : `captured: ${describe(Object.entries(settings ?? {}))}`,
    phase: 'media',
  };
}

/** Whether inputs can be told apart and found again: `before` and `after` were listed one after the other. */
export function deviceFacts(
  peer: Peer,
  before: readonly KnownDevice[],
  after: readonly KnownDevice[],
): Fact[] {
  const ids = (devices: readonly KnownDevice[]) => devices.map(({ deviceId }) => deviceId).join(' ');
  const kinds = new Set(before.map(({ kind }) => kind));
  const facts: Fact[] = [
    {
      name: 'camera and microphone are listed',
      passed: kinds.has('videoinput') && kinds.has('audioinput'),
      expected: 'a videoinput and an audioinput',
      actual: before.map(({ kind }) => kind).join(', ') || 'no input',
    },
    {
      name: 'devices have names',
      passed: before.length === 0 ? undefined : before.every(({ label }) => label !== ''),
      expected: 'a label for each, once media was captured',
      actual: before.map(({ label }) => label || 'no label').join(', ') || 'no input',
    },
    {
      name: 'devices keep their ids',
      passed: before.length === 0 ? undefined : ids(before) === ids(after) && ids(before).trim() !== '',
      expected: 'the same when listed again',
      actual: ids(before) === ids(after) ? 'the same' : 'others',
    },
  ];
  return facts.map((fact) => ({ ...fact, peer, phase: 'media' }));
}

function describe(settings: readonly (readonly [string, unknown])[]): string {
  return settings.map(([key, value]) => `${key} ${String(value)}`).join(', ') || 'nothing';
}

function describeError({ name, constraint, message }: NonNullable<Capture['error']>): string {
  return [name, constraint && `of ${constraint}`, message && `(${message})`].filter(Boolean).join(' ');
}
