import { eventually } from '@cofactor/testkit';

interface Message {
  readonly channel: 'sms' | 'email';
  readonly to: string;
  readonly text: string;
}

/** The 6 digits in the newest message to someone, as the outbox of the development mode holds it. */
async function newestCode(url: string, channel: Message['channel'], to: string): Promise<string | null> {
  const messages = (await (await fetch(`${url}/dev/outbox.json`)).json()) as readonly Message[];
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
