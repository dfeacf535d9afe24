import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { toError } from '../errors.ts';
import type { ProbedRecording } from '../call-record.ts';
import { findCommand } from '../setup/processes.mjs';

const PROBE_MS = 60_000;

interface Probed {
  format?: { format_name?: string };
  streams?: {
    codec_type?: string;
    codec_name?: string;
    width?: number;
    height?: number;
    nb_read_packets?: string;
  }[];
}

/** What ffprobe, which is not the browser that wrote it, reads in a recording; `undefined` where there is none. */
export async function probeRecording(
  path: string,
  env: NodeJS.ProcessEnv,
): Promise<ProbedRecording | undefined> {
  const ffprobe = findCommand('ffprobe', env);
  if (ffprobe === undefined) return undefined;
  const flags = '-v error -show_streams -show_format -count_packets -of json'.split(' ');
  try {
    const { stdout } = await promisify(execFile)(ffprobe, [...flags, path], { timeout: PROBE_MS });
    return readProbed(JSON.parse(stdout) as Probed);
  } catch (error) {
    return { container: '', streams: [], error: toError(error).message.slice(0, 500) };
  }
}

function readProbed({ format, streams = [] }: Probed): ProbedRecording {
  return {
    container: format?.format_name ?? '',
    streams: streams.map(({ codec_type, codec_name, width, height, nb_read_packets }) => ({
      kind: codec_type ?? '',
      codec: codec_name ?? '',
      ...(width !== undefined && { width }),
      ...(height !== undefined && { height }),
      ...(nb_read_packets !== undefined && { packets: Number(nb_read_packets) }),
    })),
  };
}
