import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

const agreed: Readonly<Record<string, string>> = { EHLO: '250 sink', DATA: '354 go on', QUIT: '221 goodbye' };

/** A mail server (RFC 5321) that takes everything, as it came, unless told to refuse. */
export class MailSink {
  readonly arrived: string[] = [];
  /** What it says to every recipient while there is such a thing: `451 …` for now, `550 …` for good (§4.2.1). */
  refusal: string | null = null;
  readonly #sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<MailSink> {
    const server = createServer();
    const sink = new MailSink(server);
    server.on('connection', (socket) => sink.#talk(socket)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return sink;
  }

  get url(): string {
    return `smtp://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#sockets.forEach((socket) => socket.destroy());
    await new Promise((closed) => this.server.close(closed));
  }

  #talk(socket: Socket): void {
    let unread = '';
    let inData = false;
    this.#sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => this.#sockets.delete(socket));
    socket.write('220 sink ready\r\n');
    socket.setEncoding('utf8').on('data', (text: string) => {
      unread += text;
      for (let end = endOf(unread, inData); end >= 0; end = endOf(unread, inData)) {
        const [piece, verb] = [unread.slice(0, end), unread.slice(0, 4).toUpperCase()];
        unread = unread.slice(end + (inData ? 5 : 2));
        if (inData) this.arrived.push(piece);
        const refusal = verb === 'RCPT' ? this.refusal : null;
        socket.write(`${inData ? '250 taken' : (refusal ?? agreed[verb] ?? '250 fine')}\r\n`);
        inData = !inData && verb === 'DATA';
        if (verb === 'QUIT') socket.end();
      }
    });
  }
}

const endOf = (text: string, inData: boolean): number => text.indexOf(inData ? '\r\n.\r\n' : '\r\n');
