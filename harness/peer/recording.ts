import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { PeerError } from '../errors.ts';
import type { RecordingRecord } from '../call-record.ts';
import type { PeerLink } from './peer-link.ts';
import { probeRecording } from './probe-recording.ts';

/** More than an hour of a call; a recorder that has lost its senses ends here. */
const MOST_BYTES = 1 << 30;

export interface RecordingOptions {
  /** Whose media. Default: all that arrives. */
  remote?: string;
  /** Default: what the browser takes. */
  mimeType?: string;
}

/** Where a recording goes: its path in the run's folder, and the file. */
export interface RecordingFile {
  name: string;
  path: string;
}

/**
 * A recording that a peer's page makes, written to disk while it goes on: a page that dies takes half a second of it
 * along.
 */
export class Recording {
  readonly mimeType: string;
  readonly #link: PeerLink;
  readonly #file: RecordingFile;
  readonly #remote: string | undefined;
  readonly #written: Promise<Written>;

  private constructor(
    link: PeerLink,
    { file, mimeType, remote }: { file: RecordingFile; mimeType: string; remote: string | undefined },
  ) {
    this.#link = link;
    this.#file = file;
    this.#remote = remote;
    this.mimeType = mimeType;
    this.#written = writePieces(link, file.path);
    // It is awaited when the recording is stopped; a call that breaks before has its own reason.
    this.#written.catch(() => {});
  }

  static async start(
    link: PeerLink,
    { remote, mimeType }: RecordingOptions,
    fileFor: (mimeType: string) => Promise<RecordingFile>,
  ): Promise<Recording> {
    const arg = { ...(remote !== undefined && { remote }), ...(mimeType !== undefined && { mimeType }) };
    const started = await link.command('startRecording', arg, { phase: 'recording' });
    return new Recording(link, { remote, mimeType: started.mimeType, file: await fileFor(started.mimeType) });
  }

  /** Stops it, plays it in the page, and asks ffprobe where there is one. */
  async stop(): Promise<RecordingRecord> {
    const { recordedMs, sha256 } = await this.#link.command('stopRecording', null, { phase: 'recording' });
    const { sizeBytes, sha256: written } = await this.#written;
    const awaited = 'the recording to be played to its end';
    const playback = await this.#link.command('playRecording', null, {
      phase: 'recording',
      timeoutMs: 3 * recordedMs + 60_000,
      awaited,
    });
    const probe = await probeRecording(this.#file.path, process.env);
    return {
      file: this.#file.name,
      mimeType: this.mimeType,
      ...(this.#remote !== undefined && { of: this.#remote }),
      sizeBytes,
      isWhole: written === sha256,
      recordedMs,
      playback,
      ...(probe && { probe }),
    };
  }
}

interface Written {
  sizeBytes: number;
  sha256: string;
}

async function writePieces(link: PeerLink, path: string): Promise<Written> {
  const file: FileHandle = await open(path, 'w');
  const hash = createHash('sha256');
  let sizeBytes = 0;
  try {
    for (;;) {
      const awaited = 'a piece of the recording';
      const piece = await link.command('recordingPiece', null, { phase: 'recording', awaited });
      const bytes = Buffer.from(piece.base64, 'base64');
      sizeBytes += bytes.length;
      if (sizeBytes > MOST_BYTES) throw tooLarge(link.role);
      hash.update(bytes);
      await file.write(bytes);
      if (piece.done) return { sizeBytes, sha256: hash.digest('hex') };
    }
  } finally {
    await file.close();
  }
}

function tooLarge(role: string): PeerError {
  return new PeerError(`${role}: its recording is larger than ${MOST_BYTES} bytes`, {
    code: 'RECORDING_TOO_LARGE',
    hint: 'record a shorter stretch',
    details: { phase: 'recording', role },
  });
}

/** `webm` of `video/webm;codecs="vp8,opus"`. */
export function extensionOf(mimeType: string): string {
  return /^\w+\/(?:x-)?([\w]+)/.exec(mimeType)?.[1]?.replace('matroska', 'mkv') ?? 'bin';
}
