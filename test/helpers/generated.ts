/** Puts generated text between its marks in a page: `<!-- NAME: npm run docs -->` and `<!-- /NAME -->`. */
export function withGenerated(page: string, name: string, text: string): string {
  const [open, close] = [`<!-- ${name}: npm run docs -->`, `<!-- /${name} -->`];
  const [start, end] = [page.indexOf(open), page.indexOf(close)];
  if (start < 0 || end < start) throw new RangeError(`the page has no marks for ${name}`);
  return `${page.slice(0, start + open.length)}\n\n${text}\n${page.slice(end)}`;
}
