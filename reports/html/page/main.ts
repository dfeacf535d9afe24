import { drawCharts, forgetCharts } from './draw-charts.ts';

/** What the report does when JavaScript may run: charts, filters, and opening the call that a link leads to. */
function start(): void {
  const calls = [...document.querySelectorAll<HTMLDetailsElement>('details.call')];
  const load = document.querySelectorAll('section#load');
  const drawOpen = () => [...load, ...calls.filter((call) => call.open)].forEach(drawCharts);
  for (const call of calls) call.addEventListener('toggle', () => call.open && drawCharts(call));
  drawOpen();

  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    forgetCharts();
    drawOpen();
  });
  for (const input of document.querySelectorAll<HTMLInputElement>('input.filter')) activateFilter(input);
  addEventListener('hashchange', reveal);
  reveal();
}

/** Opens the call that the address names, or the list that it is a line of, and moves there. */
function reveal(): void {
  const target = document.getElementById(location.hash.slice(1));
  const call = target?.closest<HTMLDetailsElement>('details.call, .call-list details');
  if (!target || !call) return;
  const only = document.querySelector<HTMLInputElement>('#only-troubled');
  if (only && call.closest('[data-status="passed"]')) only.checked = false;
  call.open = true;
  if (call.matches('.call')) call.scrollIntoView({ block: 'start' });
  else target.scrollIntoView({ block: 'center' });
  target.focus({ preventScroll: true });
}

function activateFilter(input: HTMLInputElement): void {
  const rows = [...(input.parentElement?.querySelectorAll<HTMLTableRowElement>('tbody tr') ?? [])];
  input.hidden = false;
  input.addEventListener('input', () => {
    const wanted = input.value.trim().toLowerCase();
    for (const row of rows) {
      const text = [...row.cells].map((cell) => cell.textContent).join(' ');
      row.hidden = !text.toLowerCase().includes(wanted);
    }
  });
}

start();
