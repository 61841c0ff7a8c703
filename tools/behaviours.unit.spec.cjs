const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { behavioursIn, testsIn } = require('./behaviour-report.cjs');

const root = join(__dirname, '..');
const list =
  '| number | behaviour |\n| ------ | --------- |\n| HC1 | An app. |\n| HC2 | An address. |\n| BX9 | A view. |\n';
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

  it('has every number of the list once', () => {
    const numbers = behavioursIn(readFileSync(join(root, 'docs/behaviours.md'), 'utf8'), []).map(
      ({ number }) => number,
    );
    expect(numbers).toHaveLength(44);
    expect(new Set(numbers).size).toBe(44);
  });
});
