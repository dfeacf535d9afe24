import { describe, expect, test } from 'vitest';
import { anchor, html, jsonScript } from '../../../reports/html/markup.ts';
import { HOSTILE } from '../../fixtures/reports/hostile.ts';

describe('html``', () => {
  test('escapes what is interpolated, in text and in attributes', () => {
    expect(html`<p title="${HOSTILE.attribute}">${HOSTILE.script}</p>`.text).toBe(
      '<p title="&quot; autofocus onfocus=&quot;globalThis.pwned = &#39;attribute&#39;&quot; x=&quot;">&lt;/script&gt;&lt;script&gt;globalThis.pwned = &#39;script&#39;&lt;/script&gt;</p>',
    );
  });

  test('keeps markup, joins arrays and leaves out what is not there', () => {
    const one = html`<b>${1}</b>`;
    expect(html`<p>${[one, undefined, false, '<']}</p>`.text).toBe('<p><b>1</b>&lt;</p>');
  });

  test('drops the indentation of the source, not that of data', () => {
    const sdp = 'a\n  b';
    expect(
      html`<pre>${sdp}</pre>
        <hr />`.text,
    ).toBe('<pre>a\n  b</pre>\n<hr />');
  });
});

test('jsonScript() cannot be ended by its data, which stays the same', () => {
  const data = Object.values(HOSTILE);
  const { text } = jsonScript('x', data);
  const json = text.slice(text.indexOf('>') + 1, text.lastIndexOf('<'));
  expect(json).not.toContain('<');
  expect(JSON.parse(json)).toEqual(data);
});

test('anchor() is different for different ids, whatever they contain', () => {
  const ids = ['a b', 'a_b', 'a_20_b', 'chrome:firefox', '"><script>'].map((id) => anchor('call', id));
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9_-]+$/);
});
