/** Epoch ms with fractions, in this page's own clock; monotonic, unlike `Date.now()`. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}
