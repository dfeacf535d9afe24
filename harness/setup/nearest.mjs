// @ts-check

/**
 * The known word a misspelt one most likely meant; `undefined` when nothing is near (more than a third of the longer
 * word would have to change). Plain JS because the bootstrap runs before any dependency is there.
 *
 * @param {string} word
 * @param {readonly string[]} known
 */
export function nearest(word, known) {
  let best;
  let bestDistance = Infinity;
  for (const candidate of known) {
    const distance = editDistance(word, candidate);
    if (distance > Math.max(word.length, candidate.length) / 3 || distance >= bestDistance) continue;
    best = candidate;
    bestDistance = distance;
  }
  return best;
}

/**
 * @param {string} a
 * @param {string} b
 */
function editDistance(a, b) {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const above = row;
    row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitute = Number(above[j - 1]) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(substitute, Number(above[j]) + 1, Number(row[j - 1]) + 1));
    }
  }
  return Number(row[b.length]);
}
