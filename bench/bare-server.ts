/*
 * The floor of the benches over HTTP: Node's own server, with nothing between the request and the work. Run as a
 * process of its own, with the address of its database as the argument; says its port on the first line.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ScureBase32Plugin } from 'otplib';
import { verifySync } from 'otplib/functional';
import { Pool } from 'pg';
import { envelope, passedData } from './sample-facts';

const base32 = new ScureBase32Plugin();
const [url = ''] = process.argv.slice(2);
const pool = new Pool({ connectionString: url, max: 8 });
const sessions = new Map<string, object>();

const insert = {
  name: 'insert',
  text: `INSERT INTO answers (stream, type, schema_version, id, at, envelope, data)
    VALUES ($1, 'challenge.passed', 1, $2, now(), $3, $4)`,
};
const select = { name: 'select', text: 'SELECT session FROM sessions WHERE token = $1' };

async function bodyOf(request: IncomingMessage): Promise<{ readonly secret: string; readonly code: string }> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return JSON.parse(text) as { secret: string; code: string };
}

/** One code: verified, recorded, answered. */
async function answer(request: IncomingMessage): Promise<object> {
  const { secret, code } = await bodyOf(request);
  const { valid } = verifySync({
    secret: base32.decode(secret),
    token: code,
    algorithm: 'sha1',
    digits: 6,
    period: 30,
    epoch: Math.floor(Date.now() / 1000),
    // The codes of a run are verified for longer than they would be good.
    epochTolerance: 90,
  });
  if (!valid) throw new Error('not the code');
  await pool.query({
    ...insert,
    values: [`credential-${secret}`, randomUUID(), JSON.stringify(envelope), JSON.stringify(passedData)],
  });
  return { status: 'passed', token: randomUUID() };
}

async function respond(request: IncomingMessage): Promise<object> {
  const token = request.headers.authorization?.slice('Bearer '.length) ?? '';
  if (request.url === '/answer') return answer(request);
  if (request.url === '/session') return sessions.get(token) ?? {};
  const { rows } = await pool.query<{ session: object }>({ ...select, values: [token] });
  return rows[0]?.session ?? {};
}

async function main(): Promise<void> {
  await pool.query(`CREATE TABLE answers (stream text NOT NULL, type text NOT NULL, schema_version integer NOT NULL,
    id text PRIMARY KEY, at timestamptz NOT NULL, envelope jsonb NOT NULL, data jsonb NOT NULL)`);
  await pool.query('CREATE TABLE sessions (token text PRIMARY KEY, session jsonb NOT NULL)');
  const session = { personId: randomUUID(), organisations: [envelope.organisationIds], expiresAt: new Date() };
  for (let number = 0; number < 1_000; number += 1) {
    sessions.set(`token-${number}`, session);
    await pool.query('INSERT INTO sessions VALUES ($1, $2)', [`token-${number}`, JSON.stringify(session)]);
  }
  const server = createServer((request, response) => {
    respond(request).then(
      (reply) => response.setHeader('content-type', 'application/json').end(JSON.stringify(reply)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  server.listen(0, () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
}

void main();
