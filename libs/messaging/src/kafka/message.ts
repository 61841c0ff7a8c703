import { envelopeSchema, factSchema, type Fact, type Service } from '@cofactor/contracts';
import type { IHeaders, KafkaMessage } from 'kafkajs';
import { z } from 'zod';

/** One fact as kafkajs sends it: a CloudEvents 1.0 message in binary mode (Kafka protocol binding §3.2). */
export interface FactMessage {
  /** The stream, so that its facts stay in one partition, in order. */
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What is read of a message that kafkajs received. */
export type ReceivedMessage = Pick<KafkaMessage, 'key' | 'value'> & { readonly headers?: IHeaders | undefined };

/** A message that is no fact of the service that it should come from. Its text quotes nothing of what it held (I4). */
export class UnreadableMessage extends Error {
  override readonly name = 'UnreadableMessage';
  constructor(reason: string) {
    super(`a message cannot be read: ${reason}`);
  }
}

const specificationVersion = '1.0';
const contentType = 'application/json';
/** How often the topic was filled; each filling begins with the first fact of the log. */
const firstGeneration = 1;

/** Of a log that was never restored; releases before epochs name none. */
const firstEpoch = 1;

const sourceOf = (service: Service): string => `/cofactor/${service}`;

/** The message that carries a fact; `generation` counts how often its topic was filled from the beginning. */
export function encodeMessage(fact: Fact, generation = firstGeneration): FactMessage {
  const { traceparent } = fact.envelope.origin;
  return {
    key: fact.stream,
    value: JSON.stringify({ envelope: fact.envelope, data: fact.data }),
    headers: {
      ce_specversion: specificationVersion,
      ce_id: fact.id,
      ce_source: sourceOf(fact.service),
      ce_type: fact.type,
      ce_time: fact.at,
      ce_subject: fact.stream,
      ce_streamversion: String(fact.version),
      ce_schemaversion: String(fact.schemaVersion),
      ce_position: String(fact.position),
      ce_epoch: String(fact.epoch),
      ce_generation: String(generation),
      ...(traceparent === null ? {} : { ce_traceparent: traceparent }),
      'content-type': contentType,
    },
  };
}

/**
 * The fact of a message from the topic of `service`, at the schema version in which it was published: lifting it to the
 * current one, and what becomes of one that this release does not know, is for whoever applies it. Headers that it does
 * not know are passed over. Throws UnreadableMessage.
 */
export function decodeMessage(service: Service, { key, value, headers }: ReceivedMessage): Fact {
  const attributes = new Attributes(headers);
  attributes.expect('ce_specversion', specificationVersion);
  attributes.expect('ce_source', sourceOf(service));
  attributes.expect('content-type', contentType);
  const stream = attributes.text('ce_subject');
  if (key?.toString() !== stream) throw new UnreadableMessage('its key is not its stream');
  const { envelope, data } = contentOf(value);
  const read = {
    id: attributes.text('ce_id'),
    service,
    position: attributes.count('ce_position'),
    epoch: headers?.['ce_epoch'] === undefined ? firstEpoch : attributes.count('ce_epoch'),
    stream,
    version: attributes.count('ce_streamversion'),
    type: attributes.text('ce_type'),
    schemaVersion: attributes.count('ce_schemaversion'),
    at: attributes.text('ce_time'),
    envelope,
    data,
  };
  return parsed(frameSchema, read, 'its headers do not describe a fact');
}

/** How often the topic of this message had been filled when it was published (1 for the first time). */
export function generationOf({ headers }: Pick<ReceivedMessage, 'headers'>): number {
  return headers?.['ce_generation'] === undefined ? firstGeneration : new Attributes(headers).count('ce_generation');
}

/** The envelope is parsed with the value that holds it. */
const frameSchema = factSchema.extend({ envelope: z.custom<Fact['envelope']>() });
const contentSchema = z.object({ envelope: envelopeSchema, data: z.unknown() });
/** PostgreSQL keeps no text with it, so no fact has ever held it. */
const escapedNull = /(?<!\\)(?:\\\\)*\\u0000/;

function contentOf(value: Buffer | null): z.infer<typeof contentSchema> {
  if (value === null) throw new UnreadableMessage('it has no value');
  const text = value.toString();
  if (text.includes('\\u0000') && escapedNull.test(text)) throw new UnreadableMessage('it holds U+0000');
  const content: unknown = jsonOf(text);
  if (typeof content !== 'object' || content === null || !('data' in content)) {
    throw new UnreadableMessage('its value has no data');
  }
  return parsed(contentSchema, content, 'its value does not hold a fact');
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UnreadableMessage('its value is not JSON');
  }
}

function parsed<Value>(schema: z.ZodType<Value>, input: unknown, problem: string): Value {
  const { success, data, error } = schema.safeParse(input);
  if (success) return data;
  const places = error.issues.map(({ path }) => path.join('.'));
  throw new UnreadableMessage(`${problem} (${[...new Set(places)].join(', ')})`);
}

/** The headers of a message, each of which it has once. */
class Attributes {
  constructor(private readonly headers: IHeaders | undefined) {}

  text(name: string): string {
    const header = this.headers?.[name];
    if (header === undefined) throw new UnreadableMessage(`it has no header ${name}`);
    if (Array.isArray(header)) throw new UnreadableMessage(`it has several headers ${name}`);
    const text = header.toString();
    if (text === '' || text.includes('\u0000')) throw new UnreadableMessage(`its header ${name} is no text`);
    return text;
  }

  /** A whole number above 0. */
  count(name: string): number {
    const text = this.text(name);
    const count = Number(text);
    if (!/^[1-9]\d{0,15}$/.test(text) || !Number.isSafeInteger(count)) {
      throw new UnreadableMessage(`its header ${name} does not count anything`);
    }
    return count;
  }

  expect(name: string, text: string): void {
    if (this.text(name) !== text) throw new UnreadableMessage(`its header ${name} is not ${text}`);
  }
}
