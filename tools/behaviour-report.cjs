/* What the reports of the tests say of each numbered behaviour. */
const { relative } = require('node:path');

const numbers = /\b(?:HC|AX|HE|HT|BX)\d+\b/g;
const row = /^\|\s*((?:HC|AX|HE|HT|BX)\d+)\s*\|\s*(.+?)\s*\|\s*(yes)?\s*\|$/gm;

/** Every test of the reports that names a behaviour; each where it ran. */
function testsIn(reports, root) {
  return reports.flatMap(({ name, results }) =>
    results.flatMap(({ name: file, assertionResults }) =>
      assertionResults.map(({ fullName, status }) => ({
        numbers: [...new Set(fullName.match(numbers) ?? [])],
        test: fullName,
        file: relative(root, file),
        where: placeOf(name, file),
        status,
      })),
    ),
  );
}

/** `unit`, `int`, `api` or `browser`; of the two latter also in which topology. */
function placeOf(report, file) {
  const [, level, topology] = /^(\w+?)(?:-(\w+))?$/.exec(report) ?? [];
  if (level !== 'e2e') return level;
  return `${/\/src\/browser\//.test(file) ? 'browser' : 'api'}, ${topology === 'services' ? 'six services' : 'one process'}`;
}

/** Where whatever is here is shown to work. */
const wanted = ['api, one process', 'api, six services', 'browser, one process', 'browser, six services'];

/** One entry for each number of the list, in its order. */
function behavioursIn(list, tests) {
  return [...list.matchAll(row)].map(([, number, behaviour, here]) => {
    const naming = tests.filter((test) => test.numbers.includes(number));
    const ran = naming.filter(({ status }) => status === 'passed' || status === 'failed');
    const failed = ran.some(({ status }) => status === 'failed');
    const status = failed ? 'failed' : ran.length > 0 ? 'passed' : 'missing';
    const lacking = wanted.filter((place) => !ran.some(({ where }) => where === place));
    return {
      number,
      behaviour,
      status,
      lacking: here === 'yes' ? lacking : [],
      tests: ran.map(({ test, file, where, status: was }) => ({ test, file, where, status: was })),
    };
  });
}

const places = ['unit', 'int', ...wanted];

/** A line for each behaviour: how many of its tests passed at each place. */
function tableOf(behaviours) {
  const head = ['number', 'status', ...places];
  const cell = (tests, place) => {
    const there = tests.filter(({ where }) => where === place);
    if (there.length === 0) return '–';
    const passed = there.filter(({ status }) => status === 'passed').length;
    return passed === there.length ? String(passed) : `${passed} of ${there.length}`;
  };
  const rows = behaviours.map(({ number, status, tests }) => [
    number,
    status,
    ...places.map((place) => cell(tests, place)),
  ]);
  const widths = head.map((title, index) =>
    Math.max(...[head, ...rows].map((cells) => cells[index].length), title.length),
  );
  return [head, ...rows]
    .map((cells) =>
      cells
        .map((text, index) => text.padEnd(widths[index]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** A line for each behaviour that is here and not shown to work everywhere; null where there is none. */
function lackingOf(behaviours) {
  const lines = behaviours
    .filter(({ lacking }) => lacking.length > 0)
    .map(({ number, lacking }) => `${number.padEnd(5)} ${lacking.join('; ')}`);
  return lines.length === 0 ? null : `No test ran of these:\n${lines.join('\n')}`;
}

module.exports = { behavioursIn, lackingOf, tableOf, testsIn };
