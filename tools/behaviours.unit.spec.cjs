const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { behavioursIn, lackingOf, testsIn } = require('./behaviour-report.cjs');

const root = join(__dirname, '..');
const list =
  '| number | behaviour | here |\n| --- | --- | --- |\n| HC1 | An app. | yes |\n| HC2 | An address. | |\n| BX9 | A view. | yes |\n';
const report = (name, ...tests) => ({
  name,
  results: [
    {
      name: join(root, 'apps/e2e/src/browser/story.e2e.spec.ts'),
      assertionResults: tests.map(([fullName, status]) => ({ fullName, status })),
    },
  ],
});

describe('the table of behaviours', () => {
  const statuses = (...reports) =>
    Object.fromEntries(behavioursIn(list, testsIn(reports, root)).map(({ number, status }) => [number, status]));

  it('says passed, failed or missing for each number, by the tests that name it', () => {
    expect(
      statuses(report('unit', ['HC1 HC2: works', 'passed']), report('e2e-embedded', ['shows HC2', 'failed'])),
    ).toEqual({ HC1: 'passed', HC2: 'failed', BX9: 'missing' });
  });

  it('takes a test that was skipped for none', () => {
    expect(statuses(report('unit', ['HC1: works', 'pending']))).toMatchObject({ HC1: 'missing' });
  });

  it('tells HC1 from HC12', () => {
    expect(statuses(report('unit', ['HC12: works', 'passed']))).toMatchObject({ HC1: 'missing' });
  });

  it('counts where a test ran', () => {
    const reports = [report('e2e-services', ['HC1: works', 'passed']), report('int', ['HC1: works', 'passed'])];
    const [first] = behavioursIn(list, testsIn(reports, root));
    expect(first.tests.map(({ where }) => where)).toEqual(['browser, six services', 'int']);
  });

  it('says what is here, and where no test of it ran', () => {
    const reports = ['e2e-services', 'e2e-embedded'].map((name) => report(name, ['BX9: works', 'passed']));
    expect(lackingOf(behavioursIn(list, testsIn(reports, root)))).toBe(
      [
        'No test ran of these:',
        'HC1   api, one process; api, six services; browser, one process; browser, six services',
        'BX9   api, one process; api, six services',
      ].join('\n'),
    );
    expect(lackingOf([{ number: 'HC1', lacking: [] }])).toBeNull();
  });

  it('has every number of the list once', () => {
    const numbers = behavioursIn(readFileSync(join(root, 'docs/behaviours.md'), 'utf8'), []).map(
      ({ number }) => number,
    );
    expect(numbers).toHaveLength(44);
    expect(new Set(numbers).size).toBe(44);
  });
});
