/** Probability of `events` or fewer in `trials` that each happen with probability `p`. */
export function atMost(events: number, trials: number, p: number): number {
  let probability = 0;
  for (let n = 0; n <= Math.min(events, trials); n++) probability += Math.exp(logTerm(n, trials, p));
  return Math.min(1, probability);
}

/** Probability of `events` or more. */
export function atLeast(events: number, trials: number, p: number): number {
  return events <= 0 ? 1 : atMost(trials - events, trials, 1 - p);
}

/** Logarithm of the binomial probability of exactly `n`: the probabilities themselves underflow. */
function logTerm(n: number, trials: number, p: number): number {
  if (p <= 0) return n === 0 ? 0 : -Infinity;
  if (p >= 1) return n === trials ? 0 : -Infinity;
  const choose = logFactorial(trials) - logFactorial(n) - logFactorial(trials - n);
  return choose + n * Math.log(p) + (trials - n) * Math.log1p(-p);
}

/**
 * ln n!, exact for small n, else by Stirling's series: off by less than 1e-9.
 *
 * @see https://dlmf.nist.gov/5.11#E1
 */
function logFactorial(n: number): number {
  if (n < 16) {
    let product = 1;
    for (let factor = 2; factor <= n; factor++) product *= factor;
    return Math.log(product);
  }
  const series = 1 / (12 * n) - 1 / (360 * n ** 3) + 1 / (1260 * n ** 5);
  return n * Math.log(n) - n + Math.log(2 * Math.PI * n) / 2 + series;
}
