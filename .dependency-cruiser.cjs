/*
 * Invariant I7: who may know whom. Every rule says why it exists; tools/boundaries.int.spec.cjs shows that each one fires.
 * Specs, contract suites and fixtures are not part of what runs, so only the rules on structure hold for them.
 */
const inTests = '[.](spec|contract|fixture)[.]tsx?$|(/test-[^/]+|-harness)[.]ts$|^apps/e2e/';
const storage = '^libs/(event-store|secret-vault|embedded-postgres)/|node_modules/(typeorm|pg|pg-[^/]+)/';
const inputOutput =
  'node_modules/(typeorm|pg|pg-[^/]+|ioredis|kafkajs|nodemailer|undici|fastify|@fastify|@nestjs|@aws-sdk)/';
const nodeInputOutput =
  '^(node:)?(fs|fs/promises|net|tls|dgram|dns|http|http2|https|child_process|cluster|worker_threads|timers|timers/promises|process|os)$';

module.exports = {
  forbidden: [
    {
      name: 'domain-knows-only-the-language',
      comment:
        'A decision is a pure function of state and command. What it could import, it would sooner or later call: a clock, a database, another service. So it sees contracts, factors, policy, event-sourcing and itself.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/src/domain/', pathNot: inTests },
      to: { pathNot: '^apps/$1/src/domain/|^libs/(contracts|factors|policy|event-sourcing)/' },
    },
    {
      name: 'services-never-import-each-other',
      comment:
        'Services meet in contracts: by facts, by requests, by proofs. An import would tie their releases together and let one read what the other owns. Only the standalone app composes them, apps/services runs their programs, and the end-to-end tests start both.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/', pathNot: '^apps/(standalone|services|e2e)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'gateway-has-no-storage',
      comment:
        'The gateway faces the internet. Without a database driver, an event store or the vault in it, someone who takes it over reads and forges nothing. It may reach libs/redis: what it keeps there is how many requests a source has sent in ten seconds, and no decision rests on it.',
      severity: 'error',
      from: { path: '^apps/gateway/', pathNot: inTests },
      to: { path: storage, reachable: true },
    },
    {
      name: 'redis-through-its-library',
      comment:
        'libs/redis sees to it that each command ends in time, each key has a prefix and each failure is an answer. A client of its own beside it would wait for a Redis that hangs.',
      severity: 'error',
      from: { path: '^(apps|libs|bench)/', pathNot: '^libs/redis/' },
      to: { path: 'node_modules/ioredis/' },
    },
    {
      name: 'libs-never-import-apps',
      comment:
        'Libraries serve every service. One that knows an app could not be used by the others, and makes a cycle.',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^apps/' },
    },
    {
      name: 'pure-libs-do-nothing',
      comment:
        'contracts, factors, policy and event-sourcing are what the domain is written in: were they to read a file or a socket, so would every decision.',
      severity: 'error',
      from: { path: '^libs/(contracts|factors|policy|event-sourcing)/', pathNot: inTests },
      to: { path: `${nodeInputOutput}|${inputOutput}|^libs/(?!contracts/|factors/|policy/|event-sourcing/)` },
    },
    {
      name: 'no-cycles',
      comment:
        'In a cycle no part can be read, tested or loaded without the others, and the order of loading becomes chance.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'testkit-only-in-tests',
      comment:
        'The testkit has passwords known to everyone and clocks that stand still: nothing that runs may hold it.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: `${inTests}|^libs/testkit/` },
      to: { path: '^libs/testkit/' },
    },
    {
      name: 'libs-through-their-door',
      comment: 'What a library does not export it may change at will; a path into its sources takes that freedom away.',
      severity: 'error',
      from: { path: '^(apps|libs)/([^/]+)/' },
      to: { path: '^libs/[^/]+/src/', pathNot: '^$1/$2/', dependencyTypes: ['local'] },
    },
    {
      name: 'nothing-unresolvable',
      comment: 'An import that does not resolve is not checked by any rule above.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|coverage)/|[.]gen[.](d[.])?ts$' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@cofactor/source', 'import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.d.ts', '.js', '.mjs', '.cjs', '.json'],
    },
  },
};
