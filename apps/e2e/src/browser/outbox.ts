import { eventually } from '@cofactor/testkit';

interface Message {
  readonly channel: 'sms' | 'email';
  readonly to: string;
  readonly text: string;
}

/** What the outbox of the development mode holds, the newest first. */
const messagesIn = async (url: string): Promise<readonly Message[]> =>
  (await (await fetch(`${url}/dev/outbox.json`)).json()) as readonly Message[];

/** Where the newest message to somebody leads that has a link to this page, from the path on. */
export async function linkSent(url: string, to: string, path: string): Promise<string> {
  const link = await eventually(
    async () => {
      const texts = (await messagesIn(url)).filter((message) => message.to.includes(to)).map(({ text }) => text);
      return texts.map((text) => new RegExp(`${path}#\\S+`).exec(text)?.[0]).find((found) => found !== undefined);
    },
    (found) => found !== undefined,
    50_000,
  );
  return link ?? '';
}

/** The 6 digits in the newest message to someone. */
async function newestCode(url: string, channel: Message['channel'], to: string): Promise<string | null> {
  const messages = await messagesIn(url);
  const codes = messages.filter((message) => message.channel === channel && message.to.includes(to));
  return codes.map(({ text }) => /\b(\d{3} ?\d{3})\b/.exec(text)?.[1] ?? null).find((code) => code !== null) ?? null;
}

/** Waits for a code that is another than the one before. */
export async function codeSent(
  url: string,
  channel: Message['channel'],
  to: string,
  before: string | null = null,
): Promise<string> {
  const code = await eventually(
    () => newestCode(url, channel, to),
    (newest) => newest !== null && newest !== before,
  );
  if (code === null) throw new Error(`no code was sent to ${to}`);
  return code;
}
