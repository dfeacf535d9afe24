import { expect, test } from 'vitest';
import { renderBisected } from '../../harness/commands/bisect.ts';
import { bisect, type TriedVersion, type VersionVerdict } from '../../harness/versions/bisect.ts';

const VERSIONS = ['119', '121', '130', '138', '143', '149', '153', '156'];

/** A browser that behaves so from a version on. */
function runner(verdictOf: (version: number) => VersionVerdict) {
  return async (version: string): Promise<TriedVersion> => {
    await Promise.resolve();
    return { version, verdict: verdictOf(Number(version)), why: 'as it is' };
  };
}
const order = ({ tried }: { tried: TriedVersion[] }) => tried.map(({ version }) => version);

test.for([121, 130, 138, 143, 149, 153, 156])(
  'bisect() finds that %i is the first that fails',
  async (bad) => {
    const found = await bisect(
      VERSIONS,
      runner((version) => (version >= bad ? 'fails' : 'passes')),
    );
    const last = VERSIONS[VERSIONS.indexOf(String(bad)) - 1];
    expect(found).toMatchObject({ outcome: 'found', first: String(bad), last, skipped: [] });
    expect(found.tried.length).toBeLessThanOrEqual(5);
  },
);

test('bisect() tries the ends first, then halves', async () => {
  const found = await bisect(
    VERSIONS,
    runner((version) => (version >= 149 ? 'fails' : 'passes')),
  );
  expect(order(found)).toEqual(['119', '156', '138', '149', '143']);
});

test('bisect() finds the first that passes if the oldest fails', async () => {
  const found = await bisect(
    VERSIONS,
    runner((version) => (version >= 138 ? 'passes' : 'fails')),
  );
  expect(found).toMatchObject({ outcome: 'found', first: '138', last: '130' });
  expect(renderBisected('chrome', found)).toContain(
    'chrome@138 is the first that passes; chrome@130 is the last that does not.',
  );
});

test('bisect() passes over versions of which nothing can be said, and says which may be meant', async () => {
  const found = await bisect(
    VERSIONS,
    runner((version) =>
      version === 138 || version === 143 ? 'skipped' : version > 140 ? 'fails' : 'passes',
    ),
  );
  expect(found).toMatchObject({ outcome: 'found', first: '149', last: '130', skipped: ['138', '143'] });
  expect(renderBisected('chrome', found)).toContain('Between them, 138, 143 neither passed nor failed.');
});

test('bisect() goes inwards from ends of which nothing can be said', async () => {
  const found = await bisect(
    VERSIONS,
    runner((version) => (version < 125 || version > 155 ? 'skipped' : version > 140 ? 'fails' : 'passes')),
  );
  expect(found).toMatchObject({ outcome: 'found', first: '143', last: '138' });
});

test('bisect() takes a version that lacks what is needed for none that passes or fails', async () => {
  const found = await bisect(
    VERSIONS,
    runner((version) => (version < 140 ? 'unsupported' : 'passes')),
  );
  expect(found).toMatchObject({ outcome: 'same', verdict: 'passes', oldest: '143', newest: '156' });
  expect(renderBisected('chrome', found)).toContain(
    'Both ends are alike: it passes in chrome@143 and in chrome@156. Unsupported in 119, 121, 130, 138.',
  );
});

test('bisect() stops after the ends if they are alike', async () => {
  const found = await bisect(
    VERSIONS,
    runner(() => 'passes'),
  );
  expect(found).toMatchObject({ outcome: 'same', verdict: 'passes', oldest: '119', newest: '156' });
  expect(order(found)).toEqual(['119', '156']);
});

test.for<[string, string[]]>([
  ['all are skipped', VERSIONS],
  ['there is none', []],
])('bisect() knows nothing if %s', async ([, versions]) => {
  const found = await bisect(
    versions,
    runner(() => 'skipped'),
  );
  expect(found.outcome).toBe('unknown');
});

test('renderBisected() has a line for each version, oldest first, with its run', async () => {
  const found = await bisect(['1', '2'], async (version) => ({
    ...(await runner((each) => (each > 1 ? 'fails' : 'passes'))(version)),
    folder: `runs/${version}`,
  }));
  expect(renderBisected('firefox', found).split('\n').slice(0, 2)).toEqual([
    'firefox@1        passes      runs/1',
    'firefox@2        fails       runs/2',
  ]);
});
