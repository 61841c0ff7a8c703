import type { Result } from './measure';

const digits = (value: number): string => {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-GB');
  return value.toPrecision(3);
};
const orDash = (value: number | null, show: (known: number) => string): string => (value === null ? '–' : show(value));
const percent = (share: number): string => `${Math.round(share * 100)} %`;
const verdicts = { true: 'met', false: 'MISSED', null: '–' } as const;

const headings = ['what', 'unit', 'ours', 'floor', 'of floor', 'best peer', 'to peer', 'aim', ''];

function cells(result: Result): readonly string[] {
  const { name, unit, better, ours, floor, shareOfFloor, peers, ratioToBestPeer, aim, aimIsMet } = result;
  const peer = Object.entries(peers).sort(([, a], [, b]) => (better === 'more' ? b - a : a - b))[0];
  return [
    name,
    unit,
    digits(ours),
    orDash(floor, digits),
    orDash(shareOfFloor, percent),
    peer ? `${peer[0]}: ${digits(peer[1])}` : '–',
    orDash(ratioToBestPeer, (ratio) => `${ratio.toFixed(2)} ×`),
    aim ?? '–',
    verdicts[`${aimIsMet}`],
  ];
}

/** The results as a table of Markdown that is also readable as it is. */
export function table(results: readonly Result[]): string {
  const rows = [headings, ...results.map(cells)];
  const widths = headings.map((_heading, column) => Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = '', ...body] = rows.map(line);
  return [head, line(widths.map((width) => '-'.repeat(width))), ...body].join('\n');
}
