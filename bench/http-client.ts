import { Agent, request } from 'node:http';

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: unknown;
}

export interface Call {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly token?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Calls one address over connections that stay open, as a gateway of a clinical application does. */
export class HttpClient {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 64 });

  constructor(private readonly base: string) {}

  /** Answers whatever status there is; throws when nobody answers. */
  call({ method, path, token, body, headers = {} }: Call): Promise<Reply> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const sent = request(`${this.base}${path}`, {
        method,
        agent: this.agent,
        headers: {
          ...headers,
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(text === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
        },
      });
      sent.on('error', reject);
      sent.on('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const received = Buffer.concat(chunks).toString();
          const isJson = /json/.test(response.headers['content-type'] ?? '');
          const { statusCode: status = 0, headers: answered } = response;
          resolve({ status, headers: answered, body: isJson ? (JSON.parse(received) as unknown) : received });
        });
      });
      sent.end(text);
    });
  }

  /** As `call`; throws, naming the reply, unless the status is the expected one. */
  async expect(status: number, call: Call): Promise<Reply> {
    const reply = await this.call(call);
    if (reply.status === status) return reply;
    throw new Error(`${call.method} ${call.path} answered ${reply.status}: ${JSON.stringify(reply.body)}`);
  }

  close(): void {
    this.agent.destroy();
  }
}

/** Works through the items with so many at once; answers the milliseconds that each took, in their order. */
export async function inLanes<Item>(
  items: readonly Item[],
  lanes: number,
  work: (item: Item) => Promise<unknown>,
): Promise<readonly number[]> {
  const took: number[] = [];
  const queue = items.entries();
  const lane = async () => {
    for (const [index, item] of queue) {
      const began = performance.now();
      await work(item);
      took[index] = performance.now() - began;
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return took;
}
