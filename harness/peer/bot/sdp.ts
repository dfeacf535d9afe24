/** A codec as a description names it, by its payload type. */
export interface SdpCodec {
  payloadType: number;
  /** `VP8`, `opus`, as it is written. */
  name: string;
  clockRate: number;
  fmtp: string;
}

/** What a bot reads of a media section (RFC 8866 §5.14). */
export interface SdpSection {
  kind: string;
  mid: string;
  direction: 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';
  isRejected: boolean;
  /** In the order of preference. */
  codecs: SdpCodec[];
}

export function sectionsOf(sdp: string): SdpSection[] {
  const [, ...sections] = `\n${sdp.replaceAll('\r', '')}`.split('\nm=');
  return sections.map((text) => toSection(text.split('\n')));
}

/** Of the first section, or of the session: with BUNDLE they are the same. */
export function ufragOf(sdp: string): string | undefined {
  return /^a=ice-ufrag:(\S+)/m.exec(sdp)?.[1];
}

/** Whether the one who wrote it sends, and whether the one who reads it may. */
export function sends({ direction, isRejected }: SdpSection): boolean {
  return !isRejected && (direction === 'sendrecv' || direction === 'sendonly');
}

export function receives({ direction, isRejected }: SdpSection): boolean {
  return !isRejected && (direction === 'sendrecv' || direction === 'recvonly');
}

/**
 * The first codec of the section that pre-encoded media are there for; `undefined` if there is none. H.264 in the
 * baseline profile, with fragments: packetization mode 1 (RFC 6184 §8.1).
 */
export function sendableIn({ codecs }: SdpSection): SdpCodec | undefined {
  return codecs.find(({ name, fmtp }) => {
    if (/^(VP8|opus)$/i.test(name)) return true;
    return /^H264$/i.test(name) && /packetization-mode=1/.test(fmtp) && /profile-level-id=42/i.test(fmtp);
  });
}

function toSection(lines: readonly string[]): SdpSection {
  const [kind = '', port = '0', , ...types] = (lines[0] ?? '').split(' ');
  const values = (name: string) =>
    lines.flatMap((line) => (line.startsWith(`a=${name}:`) ? [line.slice(name.length + 3)] : []));
  const direction = lines.find((line) => /^a=(sendrecv|sendonly|recvonly|inactive)$/.test(line))?.slice(2);
  return {
    kind,
    mid: values('mid')[0] ?? '',
    direction: (direction ?? 'sendrecv') as SdpSection['direction'],
    isRejected: port === '0',
    codecs: types.flatMap((type) => {
      const [name, clockRate] = afterSpace(values('rtpmap'), type)?.split('/') ?? [];
      if (name === undefined) return [];
      const fmtp = afterSpace(values('fmtp'), type) ?? '';
      return [{ payloadType: Number(type), name, clockRate: Number(clockRate), fmtp }];
    }),
  };
}

/** Of lines `111 opus/48000/2` the rest of the one that begins with `111`. */
function afterSpace(lines: readonly string[], first: string): string | undefined {
  return lines.find((line) => line.startsWith(`${first} `))?.slice(first.length + 1);
}
