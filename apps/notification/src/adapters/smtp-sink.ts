import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { ArrivedMail } from './mailer.contract';

/** What the sink says to a command, by its verb (`DOT` for the end of the data) or its whole line; else it agrees. */
export type Objections = Readonly<Partial<Record<'MAIL' | 'RCPT' | 'DATA' | 'DOT' | `RCPT TO:<${string}>`, string>>>;

const replies: Readonly<Record<string, string>> = {
  EHLO: '250-sink greets you\r\n250-8BITMIME\r\n250 SMTPUTF8',
  HELO: '250 sink greets you',
  MAIL: '250 2.1.0 fine',
  RCPT: '250 2.1.5 fine',
  DATA: '354 go on',
  DOT: '250 2.0.0 taken',
  RSET: '250 2.0.0 fine',
  NOOP: '250 2.0.0 fine',
  QUIT: '221 2.0.0 goodbye',
};

/** RFC 2047: the words of a header that are not ASCII. */
function decodeWords(text: string): string {
  const joined = text.replace(/\?=\s+=\?/g, '?==?');
  return joined.replace(/(?:=\?utf-8\?[qb]\?[^?]*\?=)+/gi, (words) => {
    const bytes = [...words.matchAll(/=\?utf-8\?([qb])\?([^?]*)\?=/gi)].map(([, kind = '', word = '']) =>
      kind.toLowerCase() === 'b' ? Buffer.from(word, 'base64') : unquote(word.replaceAll('_', ' ')),
    );
    return Buffer.concat(bytes).toString();
  });
}

/** RFC 2045 §6.7. */
function unquote(text: string): Buffer {
  const whole = text.replace(/=\r\n/g, '');
  return Buffer.from(
    whole.replace(/=([\dA-F]{2})/g, (_hex, hex: string) => String.fromCharCode(parseInt(hex, 16))),
    'latin1',
  );
}

interface Part {
  readonly header: (name: string) => string;
  readonly body: string;
}

function partOf(content: string): Part {
  const end = content.indexOf('\r\n\r\n');
  const headers = content.slice(0, end).replace(/\r\n[ \t]+/g, ' ');
  const header = (name: string) => new RegExp(`^${name}: (.*)$`, 'im').exec(headers)?.[1] ?? '';
  return { header, body: content.slice(end + 4) };
}

/** The parts of a multipart body, in their order (RFC 2046 §5.1.1). */
function partsIn({ header, body }: Part): readonly Part[] {
  const boundary = /boundary="?([^";]+)"?/.exec(header('Content-Type'))?.[1] ?? '';
  return body
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((piece) => partOf(piece.replace(/^\r\n/, '').replace(/\r\n$/, '')));
}

function decoded({ header, body }: Part): string {
  const encoding = header('Content-Transfer-Encoding');
  const text = encoding === 'quoted-printable' ? unquote(body).toString() : body;
  return (encoding === 'base64' ? Buffer.from(body, 'base64').toString() : text).replaceAll('\r\n', '\n');
}

/** A mail as it was written (RFC 5322), of two parts: the text, then what is preferred to it, the HTML. */
export function parseMail(content: string, recipients: readonly string[]): ArrivedMail {
  const whole = partOf(content);
  const parts = partsIn(whole);
  const types = parts.map(({ header }) => header('Content-Type').replace(/;.*/, ''));
  if (!whole.header('Content-Type').startsWith('multipart/alternative') || types.join() !== 'text/plain,text/html')
    throw new Error(`a mail has two parts, this one has ${types.join()}`);
  const [text = '', html = ''] = parts.map(decoded);
  const { header } = whole;
  return { messageId: header('Message-ID'), recipients, subject: decodeWords(header('Subject')), text, html };
}

/** For tests: an SMTP server (RFC 5321) that keeps what it is given. */
export class SmtpSink {
  readonly arrived: ArrivedMail[] = [];
  readonly commands: string[] = [];
  /** The header lines of each mail, as they came. */
  readonly headers: string[] = [];
  /** What the sink waits for before it answers the end of the data. */
  beforeTaking: Promise<void> = Promise.resolve();
  objections: Objections = {};
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {}

  static async start(port = 0): Promise<SmtpSink> {
    const server = createServer();
    const sink = new SmtpSink(server);
    server.on('connection', (socket) => sink.talk(socket));
    await new Promise<void>((ready) => server.listen(port, '127.0.0.1', ready));
    return sink;
  }

  get url(): string {
    return `smtp://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.sockets.forEach((socket) => socket.destroy());
    await new Promise((closed) => this.server.close(closed));
  }

  private talk(socket: Socket): void {
    this.sockets.add(socket);
    socket.setEncoding('latin1');
    socket.on('error', () => undefined).on('close', () => this.sockets.delete(socket));
    let unread = '';
    let recipients: string[] = [];
    let inData = false;
    const say = (verb: string, line = verb): boolean => {
      const objections = this.objections as Readonly<Record<string, string>>;
      const objection = objections[line] ?? objections[verb];
      socket.write(`${objection ?? replies[verb] ?? '500 5.5.2 what?'}\r\n`);
      return objection === undefined;
    };
    const takeData = (content: string): void => {
      inData = false;
      const bytes = Buffer.from(content.replace(/^\./gm, ''), 'latin1').toString();
      this.headers.push(bytes.slice(0, bytes.indexOf('\r\n\r\n')));
      const mail = parseMail(bytes, recipients);
      void this.beforeTaking.then(() => {
        if (say('DOT')) this.arrived.push(mail);
      });
    };
    const takeCommand = (line: string): void => {
      this.commands.push(line);
      const verb = line.slice(0, 4).toUpperCase();
      if (verb === 'MAIL') recipients = [];
      const agreed = say(verb, line);
      if (verb === 'RCPT' && agreed) recipients.push(/<(.*)>/.exec(line)?.[1] ?? '');
      if (verb === 'DATA') inData = agreed;
      if (verb === 'QUIT') socket.end();
    };
    socket.write('220 sink ready\r\n');
    socket.on('data', (chunk) => {
      unread += String(chunk);
      for (;;) {
        const end = unread.indexOf(inData ? '\r\n.\r\n' : '\r\n');
        if (end < 0) return;
        const piece = unread.slice(0, end + (inData ? 2 : 0));
        unread = unread.slice(end + (inData ? 5 : 2));
        if (inData) takeData(piece);
        else takeCommand(piece);
      }
    });
  }
}
