const { default: Sequencer } = require('@jest/test-sequencer');

/**
 * They wait for servers of their own, far longer than their size tells: the last to begin would run alone at the end. The
 * longest first, and by turns those that load the machine and those that do not.
 */
const longest = [
  'kafka/kafka.int.spec.ts',
  'kafka/kafka-strategy-faults.int.spec.ts',
  'kafka/relay-faults.int.spec.ts',
  'kafka/kafka-strategy-replicas.int.spec.ts',
  'postgres-log/postgres-log.int.spec.ts',
  'src/embedded-postgres.int.spec.ts',
  'kafka/kafka-strategy-positions.int.spec.ts',
  'kafka/relay.int.spec.ts',
  'reactions/announcing.int.spec.ts',
  'tools/provisioning.int.spec.cjs',
  'services/versions.e2e.spec.ts',
  'browser/pages.e2e.spec.ts',
  'api/restoring.e2e.spec.ts',
  'services/restarts.e2e.spec.ts',
  'browser/organisation.e2e.spec.ts',
  'api/faults.e2e.spec.ts',
  'services/restoring.e2e.spec.ts',
  'api/who-may/who-may.e2e.spec.ts',
  'services/replicas.e2e.spec.ts',
  'embedded/starting.e2e.spec.ts',
  'stories/stories.e2e.spec.ts',
];
const turnOf = ({ path }) => longest.findIndex((spec) => path.endsWith(spec));

/** The order of Jest, after the specs of which it is known that they take longest. */
module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    const inTurn = super.sort(tests);
    const known = inTurn.filter((test) => turnOf(test) >= 0).sort((one, other) => turnOf(one) - turnOf(other));
    return [...known, ...inTurn.filter((test) => turnOf(test) < 0)];
  }
};
