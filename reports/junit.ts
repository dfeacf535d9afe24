import type { CallResult, CheckResult, RunResult, Status, ThresholdResult } from '../harness/result.ts';
import { combine } from '../harness/verdict/judge-run.ts';
import { isOnlyInterrupted, loadStatuses } from '../harness/verdict/loads.ts';
import { formatFigure, plural } from './figures.ts';
import { isTolerated, knownSentences } from './known.ts';
import { matrixCells } from './matrix.ts';
import { byUrgency } from './status-marks.ts';
import { printable } from './printable.ts';

interface TestCase {
  name: string;
  className: string;
  seconds: number;
  outcome?: Outcome;
  output?: string;
}

interface Outcome {
  element: 'failure' | 'error' | 'skipped';
  /** What CI shows as the kind of trouble. */
  type?: string;
  message: string;
  text: string;
}

const OUTCOMES: Record<Exclude<Status, 'passed'>, Pick<Outcome, 'element' | 'type'>> = {
  failed: { element: 'failure', type: 'failed' },
  errored: { element: 'error', type: 'errored' },
  // Not a skip: CI must not be green where nothing was proven.
  inconclusive: { element: 'error', type: 'inconclusive' },
  unsupported: { element: 'skipped' },
};

/**
 * JUnit XML as CI servers read it: a test suite per cell with a test case per call, or per load, and one with a test case per
 * threshold. Failed is a `<failure>`; errored and inconclusive are an `<error>` of that type; unsupported is skipped, and
 * so is what failed as is known, where that is tolerated.
 * A run with an exit code other than 0 always has a failure or an error in it.
 */
export function renderJunit(result: RunResult): string {
  const prefix = result.scenario.name;
  const suites = [
    ...matrixCells(result).map(({ cell, calls }) => ({
      name: `${prefix} ${cell.id}`,
      cases: result.load
        ? loadCases(result, calls, `${prefix}.${cell.id}`)
        : calls.map((call) => callCase(result, call, `${prefix}.${cell.id}`)),
    })),
    {
      name: `${prefix} thresholds`,
      cases: result.thresholds.map((one) => thresholdCase(one, `${prefix}.thresholds`)),
    },
  ].filter(({ cases }) => cases.length > 0);
  const red = suites.some(({ cases }) =>
    cases.some(({ outcome }) => outcome && outcome.element !== 'skipped'),
  );
  const all =
    red || result.exitCode === 0 ? suites : [...suites, { name: `${prefix} run`, cases: [runCase(result)] }];
  const attributes = {
    name: `callrig ${prefix}`,
    ...counts(all.flatMap(({ cases }) => cases)),
    time: seconds(result.wallMs),
  };
  const content = all.map(({ name, cases }) => suiteElement(name, cases, result)).join('\n');
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', attributes, `\n${content}\n`)}\n`;
}

function callCase(result: RunResult, call: CallResult, className: string): TestCase {
  const evidence = Object.entries(call.peers)
    .filter(([, peer]) => peer.evidence)
    .map(([role, peer]) => `${role} (${peer.browser}): ${peer.evidence}`);
  const checks = call.checks.filter(({ status }) => status !== 'passed').map(describeCheck);
  const reasons = call.reasons.map(({ message, hint }) => (hint ? `${message}\n  ${hint}` : message));
  const text = [...new Set([...reasons, ...checks, ...evidence])].join('\n');
  return {
    name: call.variant ? `${call.id} [${call.variant.axis}: ${call.variant.name}]` : call.id,
    className,
    seconds: call.durationMs / 1000,
    ...(isTolerated(result, call)
      ? { outcome: knownOutcome(call, text) }
      : toOutcome(call.status, call.headline, text)),
    output: `${plural(call.checks.length, 'check')}; ${call.headline}`,
  };
}

/** More calls in trouble than this are counted, not told. */
const MOST_CALLS = 20;

/** Each load's calls in a cell as one test case: thousands of calls would be thousands. */
function loadCases(result: RunResult, calls: readonly CallResult[], className: string): TestCase[] {
  return (result.load ?? []).flatMap(({ name, summary }): TestCase[] => {
    const own = calls.filter(({ load }) => load === name);
    if (own.length === 0) return [];
    const troubled = byUrgency(own).filter(
      (call) => call.status !== 'passed' && !isOnlyInterrupted(call) && !isTolerated(result, call),
    );
    const passed = own.filter(({ status }) => status === 'passed').length;
    const cutOff = own.filter(isOnlyInterrupted).length;
    const message = `${passed} of ${plural(own.length, 'call')} passed${cutOff > 0 ? `, ${cutOff} cut off` : ''}`;
    const lines = troubled.slice(0, MOST_CALLS).map(({ id, headline }) => `${id}: ${headline}`);
    const more = troubled.length - lines.length;
    const text = [...lines, ...(more > 0 ? [`and ${more} more`] : [])].join('\n');
    return [
      {
        name,
        className,
        seconds: own.reduce((total, { durationMs }) => total + durationMs, 0) / 1000,
        ...toOutcome(loadCaseStatus(result, own), message, text),
        output: [summary, message, ...(text === '' ? [] : [text])].join('\n'),
      },
    ];
  });
}

/** How many calls may fail is what thresholds say: those of a run that passed do not fail it here either. */
function loadCaseStatus({ exitCode, thresholds }: RunResult, calls: readonly CallResult[]): Status {
  return exitCode === 0 ? 'passed' : combine(loadStatuses(calls, thresholds));
}

/** Not a failure of this run, and not a pass either. */
function knownOutcome({ known = [], headline }: CallResult, text: string): Outcome {
  return { element: 'skipped', message: `known failure ${known.join(', ')}: ${headline}`, text };
}

function thresholdCase(threshold: ThresholdResult, className: string): TestCase {
  const { metric, expression, status, actual, unit, samples } = threshold;
  const seen = `${formatFigure(actual, unit)} of ${plural(samples, 'sample')}`;
  const message =
    status === 'inconclusive'
      ? `${metric}: no samples to judge ${expression}`
      : `${metric}: expected ${expression}, got ${seen}`;
  return {
    name: `${metric}: ${expression}`,
    className,
    seconds: 0,
    ...toOutcome(status, message, seen),
    output: seen,
  };
}

/** Says what no call and no threshold says: that nothing ran, or that the run was stopped. */
function runCase(result: RunResult): TestCase {
  const reasons = result.reasons.map(({ message }) => message).join('\n');
  const outcome = toOutcome(
    result.status === 'passed' || result.status === 'unsupported' ? 'inconclusive' : result.status,
    result.headline,
    reasons,
  );
  return {
    name: `exit code ${result.exitCode}`,
    className: `${result.scenario.name}.run`,
    seconds: 0,
    ...outcome,
  };
}

function toOutcome(status: Status, message: string, text: string): { outcome?: Outcome } {
  return status === 'passed' ? {} : { outcome: { ...OUTCOMES[status], message, text } };
}

function describeCheck({ name, role, status, expected, actual }: CheckResult): string {
  return `check ${status}: ${role ? `${role}: ` : ''}${name}: expected ${expected}, got ${actual}`;
}

function suiteElement(name: string, cases: readonly TestCase[], result: RunResult): string {
  const time = cases.reduce((total, { seconds: spent }) => total + spent, 0).toFixed(3);
  const timestamp = result.startedAt.replace(/(\.\d+)?Z$/, '');
  const properties = {
    run: result.runId,
    callrig: result.callrig,
    seed: result.seed,
    node: result.environment.node,
    network: result.environment.network,
    ...(result.environment.networkWhy !== undefined && { networkWhy: result.environment.networkWhy }),
    ...(result.environment.grid !== undefined && { grid: result.environment.grid }),
    ...Object.fromEntries(
      knownSentences(result).map(({ sentence }, index) => [`known.${index + 1}`, sentence]),
    ),
  };
  const content = [
    element(
      'properties',
      {},
      Object.entries(properties)
        .map(([key, value]) => element('property', { name: key, value }))
        .join(''),
    ),
    ...cases.map(caseElement),
  ];
  return element('testsuite', { name, ...counts(cases), time, timestamp }, `\n${content.join('\n')}\n`);
}

function caseElement({ name, className, seconds: time, outcome, output }: TestCase): string {
  const { element: tag, text, ...attributes } = outcome ?? {};
  const content = [
    tag && element(tag, attributes, escape(text ?? '')),
    output !== undefined && element('system-out', {}, escape(output)),
  ].filter((part) => typeof part === 'string');
  return element('testcase', { name, classname: className, time: time.toFixed(3) }, content.join(''));
}

function counts(cases: readonly TestCase[]): Record<string, number> {
  const count = (tag: Outcome['element']) => cases.filter(({ outcome }) => outcome?.element === tag).length;
  return {
    tests: cases.length,
    failures: count('failure'),
    errors: count('error'),
    skipped: count('skipped'),
  };
}

function element(tag: string, attributes: Record<string, string | number | undefined>, content = ''): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}="${escape(String(value)).replaceAll('\n', '&#10;')}"`)
    .join('');
  return content === '' ? `<${tag}${written}/>` : `<${tag}${written}>${content}</${tag}>`;
}

/** XML 1.0 cannot carry control characters at all: they are shown as pictures or numbers. */
function escape(text: string): string {
  return printable(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}
