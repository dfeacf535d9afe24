/**
 * SDP as WHIP and WHEP need it: fragments with candidates and ICE credentials, and the way between them and whole
 * descriptions. Text in, text out; nothing else of SDP is looked at.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8840#section-9
 */

export interface IceCredentials {
  ufrag: string;
  pwd: string;
}

export interface SdpFragment {
  /** Absent if it names none. */
  ice?: IceCredentials;
  candidates: RTCIceCandidateInit[];
  /** No more candidates come. */
  ended: boolean;
}

/** `undefined` if it is none: a candidate outside of a media section, or without its `a=mid`. */
export function parseFragment(text: string): SdpFragment | undefined {
  const ufrag = valueOf(text, 'ice-ufrag');
  const pwd = valueOf(text, 'ice-pwd');
  const candidates: RTCIceCandidateInit[] = [];
  for (const [index, section] of sectionsOf(text).entries()) {
    const lines = section.filter((line) => line.startsWith('a=candidate:'));
    const sdpMid = section.find((line) => line.startsWith('a=mid:'))?.slice('a=mid:'.length);
    if (lines.length > 0 && (index === 0 || sdpMid === undefined)) return undefined;
    const usernameFragment = valueOf(section.join('\n'), 'ice-ufrag') ?? ufrag ?? null;
    for (const line of lines)
      candidates.push({ candidate: line.slice(2), sdpMid: sdpMid ?? null, usernameFragment });
  }
  return {
    ...(ufrag !== undefined && pwd !== undefined && { ice: { ufrag, pwd } }),
    candidates,
    ended: /^a=end-of-candidates\s*$/m.test(text),
  };
}

/** `sdp` is the description the candidates belong to: a fragment repeats its `m=` lines. */
export function renderFragment(sdp: string, { ice, candidates, ended }: SdpFragment): string {
  const own = ice ?? iceOf(sdp);
  const wanted = bySection(candidates);
  const [, ...media] = sectionsOf(sdp);
  const sections = media.flatMap((section) => {
    const mid = midOf(section);
    const lines = wanted.take(mid);
    if (lines.length === 0 && !(candidates.length === 0 && section === media[0])) return [];
    return [section[0] ?? '', `a=mid:${mid}`, ...lines, ...(ended ? ['a=end-of-candidates'] : [])];
  });
  const credentials = own ? [`a=ice-ufrag:${own.ufrag}`, `a=ice-pwd:${own.pwd}`] : [];
  return [...credentials, ...sections, ''].join('\r\n');
}

/** The first media section's, which in a bundle is everybody's. */
export function iceOf(sdp: string): IceCredentials | undefined {
  const ufrag = valueOf(sdp, 'ice-ufrag');
  const pwd = valueOf(sdp, 'ice-pwd');
  return ufrag === undefined || pwd === undefined ? undefined : { ufrag, pwd };
}

/** The description with candidates that came after it. */
export function withCandidates(
  sdp: string,
  { candidates, ended }: Pick<SdpFragment, 'candidates' | 'ended'>,
): string {
  const [session = [], ...media] = sectionsOf(sdp);
  const wanted = bySection(candidates);
  const sections = media.map((section) => {
    const own = wanted.take(midOf(section));
    const isEnded = ended && own.length > 0 && !section.includes('a=end-of-candidates');
    return [...section, ...own, ...(isEnded ? ['a=end-of-candidates'] : [])];
  });
  return [...session, ...sections.flat(), ''].join('\r\n');
}

/** The description as it would be in another ICE generation: other credentials, and candidates, and nothing else. */
export function withIce(sdp: string, { ice, candidates, ended }: SdpFragment): string {
  const bare = linesOf(sdp)
    .filter((line) => !/^a=(candidate:|end-of-candidates)/.test(line))
    .map((line) => {
      if (!ice) return line;
      if (line.startsWith('a=ice-ufrag:')) return `a=ice-ufrag:${ice.ufrag}`;
      if (line.startsWith('a=ice-pwd:')) return `a=ice-pwd:${ice.pwd}`;
      return line.replace(
        /^(o=\S+ \S+ )(\d+)/,
        (_, before: string, version: string) => before + next(version),
      );
    });
  return withCandidates([...bare, ''].join('\r\n'), { candidates, ended });
}

/** Whether two descriptions differ in nothing but their ICE generation. */
export function isSameButIce(one: string, other: string): boolean {
  return withoutIce(one) === withoutIce(other);
}

function withoutIce(sdp: string): string {
  return linesOf(sdp)
    .filter((line) => !/^(o=|c=|a=(ice-ufrag|ice-pwd|candidate|end-of-candidates|rtcp:|setup:))/.test(line))
    .map((line) => line.replace(/^(m=\w+ )\d+/, '$1'))
    .join('\n');
}

/** Versions may be larger than what a number holds (RFC 8829 §5.2.1: 64 bits). */
function next(version: string): string {
  return String(BigInt(version) + 1n);
}

/** What is before the first `m=`, and each media section. */
function sectionsOf(sdp: string): string[][] {
  const sections: string[][] = [[]];
  for (const line of linesOf(sdp)) {
    if (line.startsWith('m=')) sections.push([]);
    sections.at(-1)?.push(line);
  }
  return sections;
}

/** The lines of candidates, by section. Each is taken once: whose `a=mid` comes again would have them all again. */
function bySection(candidates: readonly RTCIceCandidateInit[]): { take(mid: string): string[] } {
  const lines = new Map<string, string[]>();
  for (const { sdpMid, candidate } of candidates) {
    const own = lines.get(sdpMid ?? '') ?? [];
    own.push(`a=${candidate}`);
    lines.set(sdpMid ?? '', own);
  }
  return {
    take: (mid) => {
      const own = lines.get(mid) ?? [];
      lines.delete(mid);
      return own;
    },
  };
}

function linesOf(sdp: string): string[] {
  return sdp.split(/\r?\n/).filter((line) => line !== '');
}

function midOf(section: readonly string[]): string {
  return section.find((line) => line.startsWith('a=mid:'))?.slice('a=mid:'.length) ?? '';
}

function valueOf(sdp: string, name: string): string | undefined {
  // Spaces at the end are not the pattern's affair: looking for them takes the square of a hostile line's length.
  return new RegExp(`^a=${name}:(.*)`, 'm').exec(sdp)?.[1]?.trimEnd() || undefined;
}
