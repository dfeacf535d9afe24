import type { PageRig } from '../peer/connection-settings.ts';

// Run in a peer's page, by `until()`: they see nothing but their arguments.

/** Whether every remote video shows a picture, none of them brighter than that: black, below 40. */
export function isDark({ maxLuma }: { maxLuma: number }, rig: PageRig): boolean {
  const pictures = rig.pictures();
  return pictures.length > 0 && pictures.every((picture) => picture.maxLuma < maxLuma);
}

/** Whether every remote video shows a picture that is at least so bright somewhere. */
export function isLit({ minLuma }: { minLuma: number }, rig: PageRig): boolean {
  const pictures = rig.pictures();
  return pictures.length > 0 && pictures.every((picture) => picture.maxLuma >= minLuma);
}

/** Whether no more than that was received in the last second (default: nothing). */
export async function hasStopped(
  { what, atMost = 0 }: { what: 'audioPackets' | 'audioEnergy' | 'framesDecoded'; atMost?: number },
  rig: PageRig,
): Promise<boolean> {
  const total = (await rig.received())[what] ?? 0;
  const at = performance.now();
  const known = rig.kept[what] as { total: number; at: number } | undefined;
  if (known && total - known.total <= atMost) return at - known.at >= 1000;
  rig.kept[what] = { total, at };
  return false;
}
