import { SaxesParser } from 'saxes';
import { describe, expect, test } from 'vitest';
import { type RunResult, Status } from '../../harness/result.ts';
import { renderJunit } from '../../reports/junit.ts';
import { buildComparison } from '../fixtures/reports/comparison.ts';
import { ALL_PASSED, buildRun } from '../fixtures/reports/run.ts';

interface Element {
  name: string;
  attributes: Record<string, string>;
  parent: string | undefined;
}

/** All elements, in order; throws where the text is not well-formed XML 1.0. */
function parse(xml: string): Element[] {
  const parser = new SaxesParser({ xmlns: false, position: true });
  const elements: Element[] = [];
  const open: string[] = [];
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    elements.push({ name, attributes, parent: open.at(-1) });
    open.push(name);
  });
  parser.on('closetag', () => open.pop());
  parser.write(xml).close();
  return elements;
}

const named = (elements: Element[], name: string) => elements.filter((element) => element.name === name);

describe('renderJunit()', () => {
  test('has a test suite per cell and one for thresholds, a test case per call and per threshold', () => {
    const elements = parse(renderJunit(buildRun().result));
    expect(named(elements, 'testsuite').map(({ attributes }) => attributes['name'])).toEqual([
      'p2p-call chrome:chrome',
      'p2p-call chrome:firefox',
      'p2p-call firefox:chrome',
      'p2p-call firefox:firefox',
      'p2p-call opera:chrome',
      'p2p-call chrome:opera',
      'p2p-call thresholds',
    ]);
    expect(named(elements, 'testcase')).toHaveLength(13);
  });

  test('counts what it contains', () => {
    const elements = parse(renderJunit(buildRun().result));
    const [root] = named(elements, 'testsuites');
    expect(root?.attributes).toMatchObject({ tests: '13', failures: '3', errors: '3', skipped: '1' });
    expect(named(elements, 'failure')).toHaveLength(3);
    expect(named(elements, 'error').map(({ attributes }) => attributes['type'])).toEqual([
      'inconclusive',
      'errored',
      'inconclusive',
    ]);
    expect(named(elements, 'skipped')).toHaveLength(1);
  });

  test('has no failure and no error if the run passed', () => {
    const elements = parse(renderJunit(buildRun({ cells: ALL_PASSED }).result));
    expect(named(elements, 'testsuites')[0]?.attributes).toMatchObject({
      tests: '7',
      failures: '0',
      errors: '0',
      skipped: '0',
    });
  });

  test('stays well-formed, with nothing from a page as markup, if every text is hostile', () => {
    const plain = parse(renderJunit(buildRun().result)).map(({ name, parent }) => [name, parent]);
    const hostile = parse(renderJunit(buildRun({ hostile: true }).result)).map(({ name, parent }) => [
      name,
      parent,
    ]);
    expect(hostile).toEqual(plain);
  });

  test.for(Status.options.filter((status) => status !== 'passed'))(
    'is red if nothing ran and the run is %s',
    (status) => {
      const { result } = buildRun({ cells: [] });
      const nothing: RunResult = {
        ...result,
        status,
        exitCode: 111,
        thresholds: [],
        headline: 'Nothing was run.',
      };
      const [root] = named(parse(renderJunit(nothing)), 'testsuites');
      expect(Number(root?.attributes['failures']) + Number(root?.attributes['errors'])).toBe(1);
    },
  );

  test('names the variant of a call, and the network of the run', () => {
    const elements = parse(renderJunit(buildComparison({ level: 'loopback' }).result));
    const names = named(elements, 'testcase').map(({ attributes }) => attributes['name']);
    expect(names[0]).toBe('001-chrome-chrome-direct [path: direct]');
    const properties = named(elements, 'property').map(({ attributes }) => attributes);
    expect(properties).toContainEqual({ name: 'network', value: 'loopback' });
    expect(properties).toContainEqual({
      name: 'networkWhy',
      value: 'the lab needs CAP_NET_ADMIN, which this process lacks',
    });
  });

  test('is red if every call was unsupported', () => {
    const { result } = buildRun({ cells: [{ caller: 'opera', callee: 'opera', statuses: ['unsupported'] }] });
    const [root] = named(parse(renderJunit({ ...result, thresholds: [], exitCode: 111 })), 'testsuites');
    expect(root?.attributes).toMatchObject({ failures: '0', errors: '1', skipped: '1' });
  });

  test('is red if the run was stopped while everything had passed until then', () => {
    const { result } = buildRun({ cells: ALL_PASSED });
    const stopped: RunResult = { ...result, status: 'inconclusive', aborted: 'SIGINT', exitCode: 105 };
    expect(named(parse(renderJunit(stopped)), 'error')).toHaveLength(1);
  });
});
