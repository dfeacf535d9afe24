/**
 * Whether `hits` of `trials` are likely to come from the probability `ratio`: inside its two-sided exact interval.
 *
 * @param confidence how much of what chance does counts as likely: 0.999 is wrong once in a thousand times
 */
export function isLikely(hits: number, trials: number, ratio: number, confidence: number): boolean {
  const tail = (1 - confidence) / 2;
  return atMost(hits, trials, ratio) > tail && 1 - atMost(hits - 1, trials, ratio) > tail;
}

/** P(X ≤ hits) of a binomial distribution. */
export function atMost(hits: number, trials: number, ratio: number): number {
  if (hits < 0) return 0;
  if (hits >= trials || ratio <= 0) return 1;
  if (ratio >= 1) return 0;
  let sum = 0;
  // In logarithms: (1 - ratio) ** trials is too small a number for many trials.
  let logTerm = trials * Math.log1p(-ratio);
  const logOdds = Math.log(ratio) - Math.log1p(-ratio);
  for (let k = 0; k <= hits; k++) {
    sum += Math.exp(logTerm);
    logTerm += Math.log(trials - k) - Math.log(k + 1) + logOdds;
  }
  return Math.min(1, sum);
}
