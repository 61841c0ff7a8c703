import type { Change } from './release-copy';

/** What the next release calls itself in `/health/live`, and in all that it adds. */
export const nextName = 'next';

const challengePassed = 'libs/contracts/src/events/challenge.ts';
const identityModule = 'apps/identity/src/app.module.ts';
const migration = `
export class AddRelease1799000000000 {
  async up(runner) {
    await runner.query('ALTER TABLE sessions ADD COLUMN release text');
  }
  async down() {}
}
`;

/** A version more of an event that each sign-in writes, which is read from now on and written by a later release. */
const anEventVersion: readonly Change[] = [
  { file: challengePassed, find: /(type: 'challenge.passed',\n\s+version:) 2/g, put: '$1 3' },
  {
    file: challengePassed,
    find: /(answerFingerprint: z.string\(\),\n)(\s+}\),\n[^[]+upcasters: \[[^\n]+)\],/g,
    put: `$1 release: z.string(),
      $2, (data) => ({ ...data, release: 'last' })],
      writing: { kind: 'version-before', downcast: ({ release: _, ...data }) => data },`,
  },
  {
    file: 'apps/challenge/src/domain/credential-use.decider.ts',
    find: 'amr: [...amr], answerFingerprint };',
    put: `amr: [...amr], answerFingerprint, release: '${nextName}' };`,
  },
];

/** A state of another shape, so that neither release can use the snapshots of the other. */
const aStateVersion: readonly Change[] = [
  { file: 'apps/challenge/src/domain/credential-use.ts', find: /\bpasses\b/g, put: 'rightAnswers' },
  { file: 'apps/challenge/src/domain/credential-use.decider.ts', find: /\bpasses\b/g, put: 'rightAnswers' },
  { file: 'apps/challenge/src/domain/credential-use.decider.ts', find: 'stateVersion: 3', put: 'stateVersion: 4' },
];

/** A column that the next release fills and this one does not know. */
const aColumn: readonly Change[] = [
  { file: 'apps/identity/src/migrations/add-release.ts', find: null, put: migration },
  { file: identityModule, find: /^/g, put: `import { AddRelease1799000000000 } from './migrations/add-release';\n` },
  {
    file: identityModule,
    find: '  CreateDirectory1763800002000,\n',
    put: '  CreateDirectory1763800002000,\n  AddRelease1799000000000,\n',
  },
  {
    file: 'apps/identity/src/adapters/access.ts',
    find: /(idle_seconds, last_seen_at, [a-z_, ]+)\)(\s+VALUES \([^)]*)\)/g,
    put: `$1, release)$2, '${nextName}')`,
  },
];

/** A field in what is asked, what is answered, what identity states, and what stands around every fact. */
const fields: readonly Change[] = [
  {
    file: 'libs/contracts/src/operations/challenge.ts',
    find: 'challengeId: z.string().nullable() })',
    put: 'challengeId: z.string().nullable(), release: z.string().optional() })',
  },
  {
    file: 'apps/gateway/src/http/sign-ins.controller.ts',
    find: 'issueChallenge({ statement, credentialId, challengeId }',
    put: `issueChallenge({ statement, credentialId, challengeId, release: '${nextName}' }`,
  },
  {
    file: 'libs/contracts/src/operations/identity.ts',
    find: 'authority: authoritySchema,\n',
    put: `authority: authoritySchema,\n      release: z.string().default('last'),\n`,
  },
  {
    file: 'apps/identity/src/http/authorisations.ts',
    find: 'authority: statement.authority,\n',
    put: `authority: statement.authority,\n      release: '${nextName}',\n`,
  },
  {
    file: 'libs/contracts/src/statements.ts',
    find: 'assurance: assuranceSchema.nullable(),\n',
    put: `assurance: assuranceSchema.nullable(),\n  release: z.string().default('last'),\n`,
  },
  {
    file: 'apps/identity/src/http/authorisations.ts',
    find: 'statement: await signer.statement(statement,',
    put: `statement: await signer.statement({ ...statement, release: '${nextName}' },`,
  },
  {
    file: 'libs/contracts/src/fact.ts',
    find: 'sealedFor: z.string(),\n',
    put: 'sealedFor: z.string(),\n  release: z.string().optional(),\n',
  },
  {
    file: 'libs/service-kit/src/recording.ts',
    find: '      sealedFor,\n',
    put: `      sealedFor,\n      release: '${nextName}',\n`,
  },
];

/** By which the tests see who runs. */
const aName: Change = {
  file: 'libs/service-kit/src/internal-server.ts',
  find: `send(response, 200, 'application/json', JSON.stringify({ status: 'up' }))`,
  put: `send(response, 200, 'application/json', JSON.stringify({ status: 'up', release: '${nextName}' }))`,
};

/** The release after this one, as far as releases differ that run side by side (docs/adr/0009). */
export const nextRelease: readonly Change[] = [...anEventVersion, ...aStateVersion, ...aColumn, ...fields, aName];

/** The fixture that a version of an event needs; `fixture` is that of the version before. */
export const fixtureOf = (fixture: { readonly data: object }): object => ({
  ...fixture,
  data: { ...fixture.data, release: nextName },
});

/** The release that would write the new version although this one cannot read it. */
export const writesTooEarly: Change = {
  file: challengePassed,
  find: /writing: \{ kind: 'version-before'.*\},/g,
  put: '',
};
