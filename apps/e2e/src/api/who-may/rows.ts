import { problems, type Endpoint, type ProblemCode } from '@cofactor/contracts';
import { table } from './table';

export const callers = [
  'nobody',
  'second-factor',
  'set-up',
  'one-factor',
  'patient',
  'member',
  'analyst',
  'administrator',
  'operator',
  'support',
] as const;
export type CallerName = (typeof callers)[number];

export const owners = ['-', 'own', 'foreign', 'mixed'] as const;
/** What the ids of an address belong to. */
export type Whose = (typeof owners)[number];

/** Allowed, or refused with this problem. */
export type Verdict = 'yes' | ProblemCode;

export interface Row {
  readonly endpoint: string;
  readonly whose: Whose;
  readonly verdicts: ReadonlyMap<CallerName, Verdict>;
}

const short: Readonly<Record<string, Verdict>> = {
  yes: 'yes',
  '401': 'not-signed-in',
  factor: 'second-factor-required',
  'set-up': 'set-up-required',
  no: 'not-allowed',
  '404': 'not-found',
};

const isProblem = (word: string): word is ProblemCode => Object.hasOwn(problems, word);

/** Reads the table; throws with the line where a column is missing or a word means nothing. */
export function readTable(text: string = table): readonly Row[] {
  const [head = '', ...lines] = text.split('\n').filter((line) => line.trim() !== '');
  const expected = ['endpoint', 'whose', ...callers].join(' ');
  const columns = head.trim().split(/\s+/).join(' ');
  if (columns !== expected) throw new Error(`the columns are ${columns}, and should be ${expected}`);
  return lines.map(rowOf);
}

function rowOf(line: string): Row {
  const [endpoint = '', word = '', ...cells] = line.trim().split(/\s+/);
  const whose = owners.find((one) => one === word);
  if (whose === undefined) throw new Error(`whose is "${word}"? ${line}`);
  if (cells.length !== callers.length) throw new Error(`${cells.length} of ${callers.length} verdicts: ${line}`);
  const verdicts = callers.map((caller, index) => [caller, verdictOf(cells[index] ?? '', line)] as const);
  return { endpoint, whose, verdicts: new Map(verdicts) };
}

function verdictOf(cell: string, line: string): Verdict {
  const verdict = short[cell] ?? (isProblem(cell) ? cell : null);
  if (verdict === null) throw new Error(`"${cell}" is no verdict: ${line}`);
  return verdict;
}

/** Words in an address that choose a kind, and are nobody's. */
const ofNobody = ['{type}'];

/** The rows that an endpoint must have, by the ids in its address. */
export function neededOwners({ path, id }: Endpoint): readonly Whose[] {
  const ids = (path.match(/\{\w+\}/g) ?? []).filter((name) => !ofNobody.includes(name));
  // The body names a credential beside the sign-in of the address.
  const named = ids.length + (id === 'issueChallenge' ? 1 : 0);
  if (named === 0) return ['-'];
  return named === 1 ? ['own', 'foreign'] : ['own', 'foreign', 'mixed'];
}
