const { default: Sequencer } = require('@jest/test-sequencer');

/** They wait for servers of their own, far longer than their size tells: the last to begin would run alone at the end. */
const longest = [
  'kafka/kafka.int.spec.ts',
  'kafka/relay-faults.int.spec.ts',
  'postgres-log/postgres-log.int.spec.ts',
  'embedded/starting.e2e.spec.ts',
  'stories/stories.e2e.spec.ts',
];
const isLong = ({ path }) => longest.some((spec) => path.endsWith(spec));

/** The order of Jest, after the specs of which it is known that they take longest. */
module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    const inTurn = super.sort(tests);
    return [...inTurn.filter(isLong), ...inTurn.filter((test) => !isLong(test))];
  }
};
