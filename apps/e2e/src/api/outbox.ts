import { z } from 'zod';
import type { Program } from './program';

const outbox = { status: 200, reply: z.array(z.looseObject({ to: z.string(), text: z.string() })) };

/** What the outbox of the development mode holds for an address or a number, the newest first. */
export async function textsTo(program: Program, to: string): Promise<readonly string[]> {
  const kept = (await program.send('GET', '/dev/outbox.json')).as(outbox);
  return kept.filter((message) => message.to === to).map(({ text }) => text);
}

/** The 6 digits of the newest message to somebody that has a code. */
export async function codeTo(program: Program, to: string): Promise<string> {
  const codes = (await textsTo(program, to)).map((text) => /^\D*(\d{3} ?\d{3})\b/m.exec(text)?.[1]);
  return codes.find((code) => code !== undefined) ?? 'none';
}
