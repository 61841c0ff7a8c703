import { publicApi, type Endpoint } from '@cofactor/contracts';
import { eventually } from '@cofactor/testkit';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { Installation } from '../../installation';
import { Databases } from '../databases';
import { Program, type Reply } from '../program';
import { gather, type Caller, type Cast, type Ids } from './callers';
import { requests } from './requests';
import { readTable, type Row, type Whose } from './rows';

let installation: Installation;
let program: Program;
let databases: Databases;
let cast: Cast;

beforeAll(async () => {
  installation = await Installation.start();
  program = new Program(installation.url);
  databases = await Databases.open(installation);
  cast = await gather(program, databases);
  // Everybody registers with a password and signs in twice.
}, 240_000);
afterAll(async () => {
  await installation.remove();
  await databases.close();
});

const endpoints: readonly Endpoint[] = Object.values(publicApi);
/** These change what the others are asked about; the one that ends every session comes at the very end. */
const last = ['resendEnrolmentCode', 'endOwnSession', 'revokeFactor', 'endSession', 'resetOwnFactors'];
const rows = readTable().toSorted((a, b) => last.indexOf(a.endpoint) - last.indexOf(b.endpoint));

/** Which of an address's ids the caller owns. */
function idsOf(whose: Whose, own: Ids, foreign: Ids): Ids {
  switch (whose) {
    case '-':
    case 'own':
      return own;
    case 'foreign':
      return foreign;
    case 'mixed':
      return { ...foreign, organisationId: own.organisationId, signInId: own.signInId };
  }
}

/** Ids as somebody makes them up. */
const madeUp = ({ foreign }: Caller): Ids => {
  const ids = Object.fromEntries(Object.keys(foreign).map((name) => [name, randomUUID()]));
  return { ...foreign, ...ids };
};

async function ask({ endpoint: id, whose }: Row, caller: Caller, foreign: Ids = caller.foreign) {
  const endpoint = endpoints.find((one) => one.id === id);
  const { token, own } = caller.apart[whose === 'own' || whose === '-' ? id : ''] ?? caller;
  const ids = idsOf(whose, own, foreign);
  const asked = requests[id]?.(ids, whose);
  if (!endpoint || !asked) throw new Error(`there is nothing to ask ${id}`);
  const { allowed, body, parameters = {}, later } = asked;
  const values: Readonly<Record<string, string>> = { ...ids, ...parameters };
  const path = endpoint.path.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => values[name] ?? 'x');
  const sent = { ...(token === undefined ? {} : { token }), ...(body === undefined ? {} : { body }) };
  const send = () => program.send(endpoint.method, path, sent);
  const reply = await send();
  if (reply.outcome !== later) return { allowed, reply };
  const from = Date.now() + reply.retryAfter * 1000;
  await eventually(Date.now, (now) => now >= from, 60_000);
  return { allowed, reply: await send() };
}

/** The verdict that an answer amounts to; an answer that is none stands for itself. */
function verdictOf(reply: Reply, allowed: readonly string[]): string {
  if (allowed.includes(reply.outcome)) return 'yes';
  return reply.status < 300 ? reply.outcome : reply.problem.code;
}

describe('what belongs to others', () => {
  const foreign = rows.filter(({ whose }) => whose === 'foreign' || whose === 'mixed');

  it.each(foreign.map((row) => [`${row.endpoint}, ${row.whose}`, row] as const))(
    '%s: is refused in the words for what does not exist',
    async (_name, row) => {
      const refused = [...row.verdicts].filter(([, verdict]) => verdict !== 'yes').map(([name]) => name);
      for (const name of refused) {
        const caller = cast.get(name);
        if (!caller) throw new Error(`nobody is the ${name}`);
        const answered = await Promise.all([caller.foreign, madeUp(caller)].map((ids) => ask(row, caller, ids)));
        const [known, unknown] = answered.map(
          ({
            reply: {
              problem: { requestId: _, ...told },
            },
          }) => ({ name, ...told }),
        );
        expect(known).toEqual(unknown);
      }
    },
  );
});

describe('every endpoint, for everyone, about what is theirs and what is not', () => {
  it.each(rows.map((row) => [`${row.endpoint}, ${row.whose}`, row] as const))('%s', async (_name, row) => {
    const asked = [...row.verdicts.keys()].map(async (name) => {
      const caller = cast.get(name);
      if (!caller) throw new Error(`nobody is the ${name}`);
      const { allowed, reply } = await ask(row, caller);
      return [name, verdictOf(reply, allowed)] as const;
    });
    expect(Object.fromEntries(await Promise.all(asked))).toEqual(Object.fromEntries(row.verdicts));
  });
});

it('the installation describes these endpoints, and no other', async () => {
  const shape = z.looseObject({
    paths: z.record(z.string(), z.record(z.string(), z.looseObject({ operationId: z.string() }))),
  });
  const { paths } = shape.parse(JSON.parse((await program.send('GET', '/openapi.json')).text));
  const described = Object.values(paths).flatMap((methods) =>
    Object.values(methods).map(({ operationId }) => operationId),
  );
  expect(described.sort()).toEqual([...new Set(rows.map(({ endpoint }) => endpoint))].sort());
});
