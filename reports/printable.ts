/**
 * Text from a page or a file, safe to print anywhere: control characters become their visible pictures (`␛`), so that
 * it cannot move a terminal's cursor or colour what follows. Line breaks and tabs stay.
 */
export function printable(text: string): string {
  return text
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .replaceAll('\r\n', '\n')
    .replace(/(?![\n\t])\p{Cc}/gu, pictureOf)
    .replace(/[\u202a-\u202e\u2066-\u2069\ufffe\uffff]/g, nameCodePoint);
}

/** {@link printable} on one line, cut to `limit` characters with an ellipsis. */
export function printableLine(text: string, limit = Number.POSITIVE_INFINITY): string {
  const line = printable(text).replace(/\s+/g, ' ').trim();
  const characters = Array.from(line);
  return characters.length <= limit ? line : `${characters.slice(0, limit - 1).join('')}…`;
}

/** C0 controls have pictures in Unicode; DEL and C1 are shown by their number. */
function pictureOf(control: string): string {
  const code = codeOf(control);
  return code < 0x20 ? String.fromCodePoint(0x2400 + code) : `\\x${code.toString(16)}`;
}

/** Marks that turn the direction of the text around them, and non-characters: shown by their number. */
function nameCodePoint(character: string): string {
  return `⟨U+${codeOf(character).toString(16).toUpperCase().padStart(4, '0')}⟩`;
}

function codeOf(character: string): number {
  return character.codePointAt(0) ?? 0;
}
