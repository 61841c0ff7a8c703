import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** How Amazon SNS says no: for good to this number, or for now. */
const refusals = { 'opted-out': [400, 'OptedOut'], 'come-back-later': [500, 'InternalError'] } as const;

/** Amazon SNS as far as `Publish` goes: it takes every text message, unless told to refuse. */
export class TextSink {
  /** What was to be sent, oldest first. */
  readonly arrived: string[] = [];
  /** What it says while there is such a thing. */
  refusal: keyof typeof refusals | null = null;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<TextSink> {
    const server = createServer();
    const sink = new TextSink(server);
    server.on('request', (request, reply) => void sink.answer(request, reply)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return sink;
  }

  /** What a program needs to send its text messages here. */
  get environment(): Readonly<Record<string, string>> {
    const { port } = this.server.address() as AddressInfo;
    const credentials = { AWS_ACCESS_KEY_ID: 'anyone', AWS_SECRET_ACCESS_KEY: 'only-for-tests' };
    return { SNS_REGION: 'eu-west-2', AWS_ENDPOINT: `http://127.0.0.1:${port}`, ...credentials };
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }

  private async answer(request: IncomingMessage, reply: ServerResponse): Promise<void> {
    const message = new URLSearchParams(await text(request)).get('Message') ?? '';
    if (this.refusal === null) this.arrived.push(message);
    const [status, code] = this.refusal === null ? [200, null] : refusals[this.refusal];
    const said =
      code === null
        ? `<PublishResponse><PublishResult><MessageId>${randomUUID()}</MessageId></PublishResult></PublishResponse>`
        : `<ErrorResponse><Error><Code>${code}</Code><Message>no</Message></Error></ErrorResponse>`;
    reply.writeHead(status, { 'content-type': 'text/xml' }).end(said);
  }
}
