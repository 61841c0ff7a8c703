import { problems, publicApi, type Endpoint } from '@cofactor/contracts';
import { callers, readTable, type CallerName, type Row, type Verdict, type Whose } from './rows';

const described: Readonly<Record<CallerName, readonly [title: string, who: string]>> = {
  nobody: ['Nobody', 'whoever sends no token'],
  'second-factor': [
    'Second factor due',
    'an administrator in the middle of a sign-in, who has yet to show a second factor',
  ],
  'set-up': ['Set-up due', 'an administrator in the middle of a sign-in, who has yet to set up a second factor'],
  'one-factor': ['One factor', 'an administrator whose session rests on a password, though the account holds a factor'],
  patient: ['Patient', 'a patient of the practice, signed in with two factors'],
  member: ['Member', 'somebody who works there, signed in with two factors'],
  analyst: ['Analyst', 'somebody who reads the audit of the practice, signed in with two factors'],
  administrator: ['Administrator', 'a manager of the practice, signed in with two factors'],
  operator: ['Operator', 'somebody who runs the installation and belongs to no practice, signed in with two factors'],
  support: ['Support', 'belongs to the help desk of the installation, and to no practice here'],
};

const about: Readonly<Record<Whose, string>> = {
  '-': '',
  own: 'their own',
  foreign: 'somebody else’s',
  mixed: 'somebody else’s, as if it were their own',
};

const words: Readonly<Partial<Record<Verdict, string>>> = {
  yes: '**yes**',
  'not-signed-in': 'sign in',
  'second-factor-required': 'second factor',
  'set-up-required': 'set-up',
  'not-allowed': 'no',
  'not-found': 'not there',
};
const wordsOf = (verdict: Verdict): string => words[verdict] ?? verdict;

const head = `# Who may do what

Every address of the interface, for everyone who may come to it. This page is made by \`npm run who-may\` from
\`apps/e2e/src/api/who-may/table.ts\`, and a test asks a running installation every cell of it, in both topologies. What
has no row here has none in the interface.
`;

const legend = `| where it says | they are told |
| --- | --- |
${Object.entries(words)
  .map(([verdict, said]) => `| ${said} | ${toldBy(verdict)} |`)
  .join('\n')}

What is somebody else’s is refused in the words for what does not exist, so that no answer tells what there is.
`;

function toldBy(verdict: string): string {
  const problem = Object.entries(problems).find(([code]) => code === verdict)?.[1];
  return problem ? `${problem[0]} \`${verdict}\`: ${problem[1]}. ${problem[2]}` : 'what they asked for';
}

const endpoints: readonly Endpoint[] = Object.values(publicApi);

/** docs/who-may.md, in Markdown. */
export function whoMayPage(rows: readonly Row[] = readTable()): string {
  const people = callers.map((caller) => `- **${described[caller][0]}**: ${described[caller][1]}.`).join('\n');
  const titles = ['What', 'Whose', ...callers.map((caller) => described[caller][0])];
  const lines = [titles, titles.map(() => '---'), ...rows.map((row, index) => cellsOf(row, rows[index - 1]))];
  const table = lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  return [head, people, '', legend, table, ''].join('\n');
}

/** What it is about stands beside the first of its rows. */
function cellsOf({ endpoint: id, whose, verdicts }: Row, before: Row | undefined): readonly string[] {
  const endpoint = endpoints.find((one) => one.id === id);
  if (!endpoint) throw new Error(`the interface has no ${id}`);
  const what = `${endpoint.summary}<br>\`${endpoint.method} ${endpoint.path}\``;
  return [before?.endpoint === id ? '' : what, about[whose], ...[...verdicts.values()].map(wordsOf)];
}
