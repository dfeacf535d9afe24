/** Encoded frames one after another, as in an IVF file. */
export interface EncodedMedia {
  /** Four characters: `VP80`, `H264`, `OPUS`. */
  fourcc: string;
  width: number;
  height: number;
  /** Frames in a second. */
  rate: number;
  frames: Buffer[];
}

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 12;

/**
 * Reads an IVF file: a header, and each frame with its size in front.
 *
 * @throws TypeError when it is none
 * @see https://wiki.multimedia.cx/index.php/Duck_IVF
 */
export function parseIvf(file: Buffer): EncodedMedia {
  if (file.length < HEADER_BYTES || file.toString('latin1', 0, 4) !== 'DKIF')
    throw new TypeError('not an IVF file');
  const frames: Buffer[] = [];
  let at = file.readUInt16LE(6);
  while (at + FRAME_HEADER_BYTES <= file.length) {
    const begin = at + FRAME_HEADER_BYTES;
    at = begin + file.readUInt32LE(at);
    if (at > file.length) throw new TypeError(`the IVF file ends inside frame ${frames.length}`);
    frames.push(file.subarray(begin, at));
  }
  return {
    fourcc: file.toString('latin1', 8, 12),
    width: file.readUInt16LE(12),
    height: file.readUInt16LE(14),
    rate: file.readUInt32LE(16) / file.readUInt32LE(20),
    frames,
  };
}

/** The same the other way; `rate` is a whole number here. */
export function renderIvf({ fourcc, width, height, rate, frames }: EncodedMedia): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.write('DKIF', 0, 'latin1');
  header.writeUInt16LE(HEADER_BYTES, 6);
  header.write(fourcc, 8, 'latin1');
  header.writeUInt16LE(width, 12);
  header.writeUInt16LE(height, 14);
  header.writeUInt32LE(rate, 16);
  header.writeUInt32LE(1, 20);
  header.writeUInt32LE(frames.length, 24);
  const chunks = frames.flatMap((frame, index) => {
    const head = Buffer.alloc(FRAME_HEADER_BYTES);
    head.writeUInt32LE(frame.length, 0);
    head.writeUInt32LE(index, 4);
    return [head, frame];
  });
  return Buffer.concat([header, ...chunks]);
}
