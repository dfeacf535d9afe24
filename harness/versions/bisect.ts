/**
 * What a version turned out to be. `unsupported`: it lacks what is needed, so that there was nothing to pass or fail;
 * `skipped`: nothing can be said of it.
 */
export type VersionVerdict = 'passes' | 'fails' | 'unsupported' | 'skipped';
/** What decides. */
export type ToldVerdict = Extract<VersionVerdict, 'passes' | 'fails'>;

export interface TriedVersion {
  version: string;
  verdict: VersionVerdict;
  /** What the run said, or why there was none. */
  why: string;
  /** Of the run; absent if there was none. */
  folder?: string;
}

export type Bisected = {
  /** In the order of trying. */
  tried: TriedVersion[];
} & (
  | {
      outcome: 'found';
      /** The oldest version that is known to differ from the oldest of all. */
      first: string;
      /** The newest that is known not to. */
      last: string;
      /** Between them, untold: the first may be one of these. */
      skipped: string[];
    }
  | {
      outcome: 'same';
      verdict: ToldVerdict;
      /** The ends of what could be told. */
      oldest: string;
      newest: string;
    }
  | { outcome: 'unknown' }
);

/**
 * Halves a range of versions until it is known which is the first whose verdict differs from the oldest's: the ends first,
 * then the middle of what is left. A version that neither passes nor fails is passed over for its nearest neighbour.
 *
 * @param versions Oldest first.
 */
export async function bisect(
  versions: readonly string[],
  tryVersion: (version: string) => Promise<TriedVersion>,
): Promise<Bisected> {
  const tried: TriedVersion[] = [];
  const attempt = async (version: string): Promise<VersionVerdict> => {
    const outcome = await tryVersion(version);
    tried.push(outcome);
    return outcome.verdict;
  };
  const low = await firstTold(versions, attempt);
  if (!low) return { tried, outcome: 'unknown' };
  const others = versions.slice(versions.indexOf(low.version) + 1);
  const high = await firstTold(others.toReversed(), attempt);
  if (!high) return { tried, outcome: 'unknown' };
  if (low.verdict === high.verdict) {
    return { tried, outcome: 'same', verdict: low.verdict, oldest: low.version, newest: high.version };
  }
  let [last, first] = [low.version, high.version];
  for (;;) {
    const between = versions.slice(versions.indexOf(last) + 1, versions.indexOf(first));
    const isTried = (version: string) => tried.some((each) => each.version === version);
    const middle = nearestToMiddle(between, isTried);
    if (middle === undefined) return { tried, outcome: 'found', first, last, skipped: between };
    const verdict = await attempt(middle);
    if (verdict === low.verdict) last = middle;
    else if (isTold(verdict)) first = middle;
  }
}

async function firstTold(
  versions: readonly string[],
  attempt: (version: string) => Promise<VersionVerdict>,
): Promise<{ version: string; verdict: ToldVerdict } | undefined> {
  for (const version of versions) {
    const verdict = await attempt(version);
    if (isTold(verdict)) return { version, verdict };
  }
  return undefined;
}

const isTold = (verdict: VersionVerdict): verdict is ToldVerdict =>
  verdict === 'passes' || verdict === 'fails';

function nearestToMiddle(
  versions: readonly string[],
  isTried: (version: string) => boolean,
): string | undefined {
  const middle = (versions.length - 1) / 2;
  const far = (version: string) => Math.abs(versions.indexOf(version) - middle);
  return versions.filter((version) => !isTried(version)).toSorted((a, b) => far(a) - far(b))[0];
}
