/** 16 bits that stand for a name in a {@link import('./pattern.ts').PatternMessage pattern}: FNV-1a, folded. */
export function streamId(name: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) hash = Math.imul(hash ^ byte, 0x01000193);
  return ((hash >>> 16) ^ hash) & 0xffff;
}
