import { Kafka, type CloudEvent } from 'cloudevents';
import type { IHeaders } from 'kafkajs';
import { aFact } from '../test-fact';
import { decodeMessage, encodeMessage, generationOf, UnreadableMessage, type ReceivedMessage } from './message';

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const bare = aFact('factor-1@7', { position: 41, data: { challengeId: 'c', reason: 'wrong “code”' } });
const traced = {
  ...bare,
  envelope: { ...bare.envelope, origin: { ...bare.envelope.origin, traceparent } },
};

/** As it comes out of Kafka: bytes. */
function received(message: ReturnType<typeof encodeMessage>, changes: Partial<ReceivedMessage> = {}): ReceivedMessage {
  const headers = Object.entries(message.headers).map(([name, text]) => [name, Buffer.from(text)] as const);
  return {
    key: Buffer.from(message.key),
    value: Buffer.from(message.value),
    headers: Object.fromEntries(headers),
    ...changes,
  };
}

const withHeader = (name: string, header: IHeaders[string]): ReceivedMessage => {
  const message = received(encodeMessage(bare));
  return { ...message, headers: { ...message.headers, [name]: header } };
};
const withValue = (value: unknown): ReceivedMessage =>
  received(encodeMessage(bare), { value: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)) });

describe('the message of a fact', () => {
  it.each([
    ['bare', bare],
    ['traced', traced],
    ['§6.12 of a log that was restored', { ...bare, epoch: 2 }],
    ['from a later release', { ...bare, type: 'challenge.dreamt', schemaVersion: 9 }],
  ])('gives the same fact back: %s', (_name, fact) => {
    expect(decodeMessage('challenge', received(encodeMessage(fact)))).toEqual(fact);
  });

  it('§6.12 is of the first epoch where it names none, as earlier releases wrote it', () => {
    expect(decodeMessage('challenge', withHeader('ce_epoch', undefined)).epoch).toBe(1);
  });

  it('is keyed by its stream and holds nothing that kafkajs throws on', () => {
    const { key, value, headers } = encodeMessage(bare);
    expect([key, typeof value]).toEqual(['factor-1', 'string']);
    expect(Object.values(headers).filter((header) => typeof header !== 'string')).toEqual([]);
    expect(headers).not.toHaveProperty('ce_traceparent');
  });

  it.each([
    ['bare', bare, {}],
    ['traced', traced, { traceparent }],
  ])('is a CloudEvents 1.0 message in binary mode: %s', (_name, fact, more) => {
    const message = encodeMessage(fact, 3);
    const event = Kafka.toEvent({ ...message, body: message.value }) as CloudEvent;
    expect(event.validate()).toBe(true);
    expect(event.toJSON()).toEqual({
      specversion: '1.0',
      id: 'factor-1@7',
      source: '/cofactor/challenge',
      type: 'challenge.passed',
      time: '2026-01-01T00:00:00.000Z',
      subject: 'factor-1',
      streamversion: '7',
      schemaversion: '1',
      position: '41',
      generation: '3',
      epoch: '1',
      datacontenttype: 'application/json',
      partitionkey: 'factor-1',
      data: { envelope: fact.envelope, data: fact.data },
      ...more,
    });
    expect(Object.keys(message.headers).every((name) => /^(ce_[a-z0-9]{1,20}|content-type)$/.test(name))).toBe(true);
  });

  it('tells how often its topic was filled', () => {
    expect(generationOf(received(encodeMessage(bare)))).toBe(1);
    expect(generationOf(received(encodeMessage(bare, 12)))).toBe(12);
    expect(generationOf({ headers: undefined })).toBe(1);
    expect(() => generationOf(withHeader('ce_generation', Buffer.from('-1')))).toThrow(UnreadableMessage);
  });

  it('may have headers that are not known', () => {
    expect(decodeMessage('challenge', withHeader('ce_novelty', Buffer.from('x')))).toEqual(bare);
  });

  it('§6.11 may have an envelope to which a newer release added something', () => {
    const origin = { ...bare.envelope.origin, added: 1 };
    const envelope = { ...bare.envelope, origin, added: 1 };
    expect(decodeMessage('challenge', received(encodeMessage({ ...bare, envelope })))).toEqual(bare);
  });

  const content = { envelope: bare.envelope, data: bare.data };
  it.each<[string, ReceivedMessage]>([
    ['its key is not its stream', received(encodeMessage(bare), { key: Buffer.from('secret') })],
    ['its key is not its stream', received(encodeMessage(bare), { key: null })],
    ['it has no value', received(encodeMessage(bare), { value: null })],
    ['its value is not JSON', withValue('{"secret')],
    ['its value has no data', withValue('"secret"')],
    ['its value has no data', withValue({ envelope: bare.envelope })],
    ['it holds U+0000', withValue({ ...content, data: { secret: 'a\u0000b' } })],
    ['does not hold a fact (envelope)', withValue({ data: {} })],
    ['(envelope.policyVersion)', withValue({ ...content, envelope: { ...bare.envelope, policyVersion: 'secret' } })],
    ['it has no header ce_specversion', received(encodeMessage(bare), { headers: undefined })],
    ['it has no header ce_id', withHeader('ce_id', undefined)],
    ['it has several headers ce_id', withHeader('ce_id', [Buffer.from('secret'), Buffer.from('secret')])],
    ['its header ce_type is no text', withHeader('ce_type', Buffer.from(''))],
    ['its header ce_type is no text', withHeader('ce_type', Buffer.from('secret\u0000'))],
    ['its header ce_specversion is not 1.0', withHeader('ce_specversion', Buffer.from('secret'))],
    ['its header ce_source is not /cofactor/challenge', withHeader('ce_source', Buffer.from('/cofactor/secret'))],
    ['its header content-type is not', withHeader('content-type', Buffer.from('text/secret'))],
    ['its header ce_position does not count', withHeader('ce_position', Buffer.from('secret'))],
    ['its header ce_streamversion does not count', withHeader('ce_streamversion', Buffer.from('0'))],
    ['its header ce_schemaversion does not count', withHeader('ce_schemaversion', Buffer.from('1.5'))],
    ['its header ce_position does not count', withHeader('ce_position', Buffer.from('9999999999999999'))],
    ['do not describe a fact (at)', withHeader('ce_time', Buffer.from('secret'))],
    ['do not describe a fact (id)', withHeader('ce_id', Buffer.from('secret'.repeat(10)))],
  ])('I4: that is broken is refused, without a word of what it held: %s', (reason, message) => {
    const read = () => decodeMessage('challenge', message);
    expect(read).toThrow(UnreadableMessage);
    expect(read).toThrow(reason);
    expect(read).not.toThrow('secret');
  });

  it('keeps text that only looks like U+0000', () => {
    const fact = { ...bare, data: { path: 'C:\\u0000' } };
    expect(decodeMessage('challenge', received(encodeMessage(fact)))).toEqual(fact);
  });
});
