import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { ArrivedMail } from './mailer.contract';

/** What the sink says to a command, by its verb (or `DOT` for the end of the data); else it agrees. */
export type Objections = Readonly<Partial<Record<'MAIL' | 'RCPT' | 'DATA' | 'DOT', string>>>;

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

/** A mail as it was written (RFC 5322). */
export function parseMail(content: string, recipients: readonly string[]): ArrivedMail {
  const end = content.indexOf('\r\n\r\n');
  const headers = content.slice(0, end).replace(/\r\n[ \t]+/g, ' ');
  const header = (name: string) => new RegExp(`^${name}: (.*)$`, 'im').exec(headers)?.[1] ?? '';
  const body = content.slice(end + 4);
  const quoted = header('Content-Transfer-Encoding') === 'quoted-printable';
  const text = (quoted ? unquote(body).toString() : body).replaceAll('\r\n', '\n');
  return { messageId: header('Message-ID'), recipients, subject: decodeWords(header('Subject')), text };
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
    const say = (verb: string): boolean => {
      const objection = (this.objections as Readonly<Record<string, string>>)[verb];
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
      const agreed = say(verb);
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
