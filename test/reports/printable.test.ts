import { describe, expect, test } from 'vitest';
import { printable, printableLine } from '../../reports/printable.ts';
import { EVERYTHING_HOSTILE } from '../fixtures/reports/hostile.ts';

describe('printable()', () => {
  test('shows control characters instead of obeying them', () => {
    expect(printable('\u001b[31mred\u0007\u009b2K\u007f')).toBe('␛[31mred␇\\x9b2K\\x7f');
  });

  test('keeps line breaks, tabs and every script', () => {
    expect(printable('a\tb\r\nשלום مرحبا 你好 🎥')).toBe('a\tb\nשלום مرحبا 你好 🎥');
  });

  test('names marks that turn the direction of text, and mends half characters', () => {
    expect(printable('\u202Egnp.exe')).toBe('⟨U+202E⟩gnp.exe');
    expect(printable('half \ud83d')).toBe('half \ufffd');
  });

  test('leaves no control character of everything hostile', () => {
    expect(printable(EVERYTHING_HOSTILE)).not.toMatch(/(?!\n)\p{Cc}|\p{Surrogate}/u);
  });
});

test('printableLine() is one line and cuts between characters', () => {
  expect(printableLine('a\n b\t c')).toBe('a b c');
  expect(printableLine('🎥🎥🎥', 2)).toBe('🎥…');
});
