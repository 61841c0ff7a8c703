import { problems, type ProblemCode } from '@cofactor/contracts';
import { z } from 'zod';

export interface Sent {
  /** JSON; a string or bytes go out as they are. */
  readonly body?: unknown;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const problemSchema = z.strictObject({
  type: z.string(),
  title: z.string().min(1),
  status: z.int(),
  detail: z.string().min(1),
  code: z.string(),
  errors: z.array(z.strictObject({ pointer: z.string(), detail: z.string().min(1) })).optional(),
  requestId: z.string().min(1),
});
export type Problem = z.infer<typeof problemSchema>;

const isCode = (code: string): code is ProblemCode => Object.hasOwn(problems, code);

/** What came back. */
export class Reply {
  constructor(
    readonly status: number,
    readonly headers: Headers,
    readonly text: string,
    readonly milliseconds: number,
  ) {}

  /** The body of a success in the shape of its contract; throws with what came instead. */
  as<Schema extends z.ZodType>({
    reply,
    status,
  }: {
    readonly reply: Schema;
    readonly status: number;
  }): z.output<Schema> {
    if (this.status !== status) throw new Error(`${status} was expected, ${this.status} came: ${this.text}`);
    return reply.parse(JSON.parse(this.text));
  }

  /** The body of a refusal; throws where it is not the whole of RFC 9457 as API.md promises it. */
  get problem(): Problem {
    const contentType = this.headers.get('content-type') ?? '';
    if (!contentType.startsWith('application/problem+json')) throw new Error(`no problem: ${this.status} ${this.text}`);
    const problem = problemSchema.parse(JSON.parse(this.text));
    if (!isCode(problem.code)) throw new Error(`an unknown code: ${problem.code}`);
    const [status, title] = problems[problem.code];
    const type = `urn:cofactor:problem:${problem.code}`;
    const promised = { status, title, type, requestId: this.headers.get('x-request-id') };
    const { status: told, title: named, type: typed, requestId } = problem;
    if (JSON.stringify(promised) !== JSON.stringify({ status: told, title: named, type: typed, requestId })) {
      throw new Error(`a problem that contradicts itself: ${this.text}`);
    }
    if (this.status !== status) throw new Error(`the status is ${this.status}, the problem says ${status}`);
    return problem;
  }

  /** Such as `401 code-wrong`; of a success only its status. */
  get outcome(): string {
    return this.status < 400 ? String(this.status) : `${this.status} ${this.problem.code}`;
  }

  /** Seconds that Retry-After asks for; throws where it asks for none. */
  get retryAfter(): number {
    const seconds = this.headers.get('retry-after') ?? '';
    if (!/^[1-9]\d*$/.test(seconds)) throw new Error(`no Retry-After beside ${this.status} ${this.text}`);
    return Number(seconds);
  }
}

/** A program that knows API.md and the address of an installation. */
export class Program {
  constructor(readonly url: string) {}

  /** Sends a request; throws only where no answer comes. */
  async send(method: string, path: string, { body, token, headers = {} }: Sent = {}): Promise<Reply> {
    const began = performance.now();
    const reply = await fetch(this.url + path, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: raw(body) }),
    });
    const text = await reply.text();
    return new Reply(reply.status, reply.headers, text, performance.now() - began);
  }

  get(path: string, token: string, headers: Readonly<Record<string, string>> = {}): Promise<Reply> {
    return this.send('GET', path, { token, headers });
  }

  post(path: string, body: unknown, sent: Omit<Sent, 'body'> = {}): Promise<Reply> {
    return this.send('POST', path, { ...sent, body });
  }
}

function raw(body: unknown): string | Uint8Array<ArrayBuffer> {
  if (typeof body === 'string') return body;
  return body instanceof Uint8Array ? new Uint8Array(body) : JSON.stringify(body);
}
