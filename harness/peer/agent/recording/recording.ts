import type { RecordingCommands } from '../../recording-protocol.ts';
import type { CommandGroup } from '../command-group.ts';
import type { Connection } from '../connection.ts';
import { sha256 } from '../data/file.ts';
import { inPhase, PhaseError } from '../phase-error.ts';
import { playRecording } from './play.ts';
import { Recorder } from './recorder.ts';

/** How long a piece is waited for before the harness is told that there is none yet, ms. */
const PATIENCE_MS = 3000;

/** Records what arrives, one recording at a time. */
export function recording({
  connections,
}: {
  connections: () => Connection[];
}): CommandGroup<keyof RecordingCommands> {
  let recorder: Recorder | undefined;
  const current = (): Recorder => {
    if (!recorder) throw new PhaseError('recording', 'nothing is being recorded');
    return recorder;
  };
  const forget = () => {
    // A page that ends does not care how its recorder did.
    recorder?.stop().catch(() => {});
    recorder = undefined;
  };
  return {
    handlers: {
      startRecording: ({ remote, mimeType }) =>
        inPhase('recording', `MediaRecorder(${mimeType ?? ''})`, async () => {
          forget();
          const meant = connections().filter((each) => remote === undefined || each.remote === remote);
          const tracks = meant.flatMap(({ remoteMedia }) => remoteMedia.tracks);
          recorder = new Recorder(new MediaStream(tracks), mimeType);
          await recorder.started.reached;
          return { mimeType: recorder.mimeType };
        }),
      recordingPiece: () =>
        inPhase('recording', 'taking a piece of the recording', async () => {
          const { piece, done } = await current().next(PATIENCE_MS);
          return { base64: piece ? await toBase64(piece) : '', done };
        }),
      stopRecording: () =>
        inPhase('recording', 'MediaRecorder.stop()', async () => {
          await current().stop();
          const { recordedMs, whole } = current();
          return { recordedMs, sha256: await sha256(new Uint8Array(await whole.arrayBuffer())) };
        }),
      playRecording: () =>
        inPhase('recording', 'playing the recording', () => playRecording(current().whole)),
    },
    reset: forget,
  };
}

function toBase64(piece: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener('load', () => resolve((reader.result as string).replace(/^.*?;base64,/, '')));
    reader.addEventListener('error', () => reject(reader.error ?? new Error('the piece cannot be read')));
    reader.readAsDataURL(piece);
  });
}
