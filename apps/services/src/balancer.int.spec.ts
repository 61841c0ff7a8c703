import { freePort } from '@cofactor/local-servers';
import { eventually } from '@cofactor/testkit';
import { createServer, get, type Server } from 'node:http';
import { balance } from './balancer';

const servers = new Map<number, Server>();
const closings: (() => Promise<void>)[] = [];

async function replica(): Promise<number> {
  const port = await freePort();
  const server = createServer((_request, response) => response.end(String(port)));
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  servers.set(port, server);
  return port;
}

function end(port: number): Promise<void> {
  const server = servers.get(port);
  servers.delete(port);
  return new Promise((resolve) => (server ? server.close(() => resolve()) : resolve()));
}

afterEach(async () => {
  await Promise.all(closings.splice(0).map((close) => close()));
  await Promise.all([...servers.keys()].map(end));
});

/** Which replica answers; each time by a connection of its own. */
const ask = (port: number): Promise<string> =>
  new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, agent: false }, (response) => {
      response.setEncoding('utf8').on('data', resolve);
    }).on('error', reject);
  });

describe('one port before several replicas', () => {
  it('gives connections to each in turn, and to the others while one is away', async () => {
    const ports = [await replica(), await replica()];
    const front = await freePort();
    closings.push(await balance(ports, front));
    const answered = async () => new Set([await ask(front), await ask(front), await ask(front), await ask(front)]);
    expect(await answered()).toEqual(new Set(ports.map(String)));

    const [first = 0, second = 0] = ports;
    await end(first);
    expect(await answered()).toEqual(new Set([String(second)]));
  });

  it('ends a connection where none is there, and finds one that comes back', async () => {
    const port = await freePort();
    const front = await freePort();
    closings.push(await balance([port], front));
    await expect(ask(front)).rejects.toThrow('socket hang up');
    const server = createServer((_request, response) => response.end('back'));
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    servers.set(port, server);
    expect(await eventually(() => ask(front), Boolean)).toBe('back');
  });
});
