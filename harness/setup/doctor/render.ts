import { createColors } from 'picocolors';
import type {
  Advice,
  BrowserFinding,
  Codec,
  DoctorReport,
  GridFinding,
  Machine,
  MonitorFinding,
  NetworkFinding,
  ToolFinding,
} from './report.ts';

type Paint = ReturnType<typeof createColors>;

/** Not codecs of their own: retransmission, redundancy, forward error correction, comfort noise, tones. */
const HELPERS = /\/(rtx|red|ulpfec|flexfec-03|CN|telephone-event)$/i;
const GIB = 1024 ** 3;

/** What a person reads: what is there, what is missing, what that costs and how to get it. */
export function renderDoctor(report: DoctorReport, { color }: { color: boolean }): string {
  const paint = createColors(color);
  const section = (title: string, lines: string[]) =>
    lines.length > 0 ? [paint.bold(title), ...lines.map((line) => `  ${line}`), ''] : [];
  return [
    ...section(
      'Browsers',
      report.browsers.flatMap((browser) => browserLines(browser, paint)),
    ),
    ...section(
      'Tools',
      report.tools.map((tool) => toolLine(tool, paint)),
    ),
    ...section(
      'Networks',
      report.networks.map((network) => networkLine(network, paint)),
    ),
    ...section('Grid', report.grid ? gridLines(report.grid, paint) : []),
    ...section('Machine', machineLines(report.machine)),
    ...section('Load generator', monitorLines(report.monitor)),
    ...section(
      'Missing',
      report.advice.flatMap((advice) => adviceLines(advice, paint)),
    ),
    conclusion(report, paint),
    '',
  ].join('\n');
}

const mark = (good: boolean, { green, red }: Paint) => (good ? green('✓') : red('✕'));

function browserLines(browser: BrowserFinding, paint: Paint): string[] {
  const { name, version, executablePath, source, canCall, failure, capabilities } = browser;
  const head = `${mark(canCall, paint)} ${name.padEnd(14)} ${(version ?? '?').padEnd(16)} ${executablePath} ${paint.dim(`(${source})`)}`;
  if (failure) return [head, `    ${failure}`];
  return [head, `    video ${codecNames(capabilities?.video)} · audio ${codecNames(capabilities?.audio)}`];
}

function codecNames(codecs: Codec[] | undefined): string {
  if (!codecs) return 'not told';
  const names = codecs
    .filter(({ mimeType }) => !HELPERS.test(mimeType))
    .map(({ mimeType }) => mimeType.split('/')[1]);
  return [...new Set(names)].join(' ') || 'none';
}

function toolLine({ name, path, version, linuxOnly }: ToolFinding, paint: Paint): string {
  if (path) return `${mark(true, paint)} ${name.padEnd(14)} ${(version ?? '?').padEnd(16)} ${path}`;
  return `${paint.dim('–')} ${name.padEnd(14)} missing${linuxOnly ? ' (Linux only)' : ''}`;
}

function networkLine({ level, available, detail }: NetworkFinding, paint: Paint): string {
  const only = level === 'lab' ? ' (Linux only)' : '';
  return `${available ? mark(true, paint) : paint.dim('–')} ${level.padEnd(14)} ${detail}${only}`;
}

function gridLines({ url, total, free, nodes, canCall, failure }: GridFinding, paint: Paint): string[] {
  if (failure !== undefined) return [`${mark(false, paint)} ${failure}`];
  return [
    `${mark(canCall, paint)} ${url}  ${free} of ${total} slots free`,
    ...nodes.map(({ uri, slots, maxSessions }) => `    ${uri}  ${slots}, ${maxSessions} at the same time`),
  ];
}

function machineLines(machine: Machine): string[] {
  const { os, node, cores, coreLimit, cpuModel, memoryBytes, openFiles, shmBytes, sandbox } = machine;
  const limited = coreLimit === undefined ? '' : `, limited to ${coreLimit}`;
  const gib = (bytes: number) => `${(bytes / GIB).toFixed(1)} GiB`;
  return [
    `${os}, Node ${node}`,
    `${cores} cores${limited} (${cpuModel}), ${gib(memoryBytes)} of memory`,
    [
      ...(openFiles === undefined ? [] : [`${openFiles} open files`]),
      ...(shmBytes === undefined ? [] : [`${gib(shmBytes)} of /dev/shm`]),
      `Chromium's sandbox ${sandbox.usable ? 'is used' : 'is not used'} (${sandbox.reason})`,
    ].join(', '),
  ];
}

function monitorLines({ measured, unknown }: MonitorFinding): string[] {
  return [
    `measured: ${measured.join(', ') || 'nothing'}`,
    ...(unknown.length > 0 ? [`not known here: ${unknown.join(', ')}`] : []),
  ];
}

function adviceLines({ what, costs, command }: Advice, paint: Paint): string[] {
  const costly = `    costs: ${costs}`;
  return [
    `${paint.yellow('!')} ${what}`,
    costly,
    ...(command === undefined ? [] : [`    to get it: ${paint.cyan(command)}`]),
  ];
}

function conclusion({ canRun, browsers, grid }: DoctorReport, paint: Paint): string {
  if (grid)
    return canRun
      ? paint.green(`p2p-call can run on the Grid at ${grid.url}, with ${grid.browsers.join(', ')}`)
      : paint.red(`p2p-call cannot run on the Grid at ${grid.url}`);
  const able = browsers.filter(({ canCall }) => canCall).map(({ name }) => name);
  return canRun
    ? paint.green(`p2p-call can run here, with ${able.join(', ')}`)
    : paint.red('p2p-call cannot run here: no browser can call. `npm run setup` installs Chrome and Firefox');
}
