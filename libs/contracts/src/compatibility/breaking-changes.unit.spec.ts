import { z } from 'zod';
import { jsonSchema } from '../json-schema';
import { breakingChanges, readings } from './breaking-changes';

/** As `describeRelease` has them: readers of requests and replies between services pass over what is new, others do not. */
const side = {
  event: 'output',
  request: 'input',
  reply: 'input',
  publicRequest: 'output',
  publicReply: 'output',
} as const;

/** given(before).when(after).then(who reads, …what they cannot live with). */
const given = (before: z.ZodType) => ({
  when: (after: z.ZodType) => ({
    then: (reading: keyof typeof readings, ...changes: readonly string[]): void => {
      const [last, current] = [jsonSchema(before, side[reading]), jsonSchema(after, side[reading])];
      expect(breakingChanges(last, current, readings[reading])).toEqual(changes);
    },
  }),
});
const text = z.string();
const hinted = z.object({ hint: text });
const reason = (...values: [string, ...string[]]) => z.object({ reason: z.enum(values) });

describe('a field', () => {
  it('that is removed is missed by whoever reads the new, and too much for whoever reads the old', () => {
    const change = given(z.object({ hint: text, count: z.int() })).when(hinted);
    change.then('event', '`count` was removed');
    change.then('request', '`count` was removed');
    change.then('reply', '`count` was removed');
    change.then('publicRequest', '`count` was removed');
    change.then('publicReply', '`count` was removed');
  });

  it('that has another name is said to be renamed, where it is clear which', () => {
    const change = given(hinted).when(z.object({ label: text }));
    change.then('event', '`hint` was renamed to `label`');
    change.then('request', '`hint` was renamed to `label`');
    change.then('reply', '`hint` was renamed to `label`');
    change.then('publicReply', '`hint` was removed');
    const two = z.object({ label: text, name: text });
    given(hinted)
      .when(two)
      .then('event', '`label` was added as required', '`name` was added as required', '`hint` was removed');
  });

  it('that has another name and another shape, or another place, is one gone and one new', () => {
    const other = given(hinted).when(z.object({ label: z.int() }));
    other.then('event', '`label` was added as required', '`hint` was removed');
    const inner = (shape: z.ZodRawShape) => z.object(shape);
    const moved = given(inner({ hint: text, of: inner({}) })).when(inner({ of: inner({ hint: text }) }));
    moved.then('event', '`of.hint` was added as required', '`hint` was removed');
  });

  it('may have any name, also one that every object has', () => {
    given(hinted)
      .when(hinted.extend({ constructor: text }))
      .then('event', '`constructor` was added as required');
  });

  it('that is added as required is not in what the last release asks, answers and has written', () => {
    const change = given(hinted).when(z.object({ hint: text, label: text }));
    change.then('event', '`label` was added as required');
    change.then('request', '`label` was added as required');
    change.then('reply', '`label` was added as required');
    change.then('publicRequest', '`label` was added as required');
    change.then('publicReply');
  });

  it('that is added as optional, or with a default, may be missing, and is passed over between services', () => {
    const change = given(hinted).when(z.object({ hint: text, label: text.optional(), limit: z.int().default(9) }));
    change.then('request');
    change.then('reply');
    change.then('event', '`label` was added', '`limit` was added as required');
    change.then('publicReply');
    given(hinted)
      .when(hinted.extend({ label: text.optional() }))
      .then('publicRequest');
  });

  it('that is new is refused by a reader between services that is strict', () => {
    const strict = z.strictObject({ hint: text });
    given(strict)
      .when(strict.extend({ label: text.optional() }))
      .then('request', '`label` was added');
    given(strict)
      .when(strict.extend({ label: text.optional() }))
      .then('reply', '`label` was added');
    given(strict).when(hinted).then('reply');
  });

  it('that was optional and is required now is not in what was written before', () => {
    const change = given(hinted.partial()).when(hinted);
    change.then('event', '`hint` was optional and is required now');
    change.then('request', '`hint` was optional and is required now');
    change.then('reply', '`hint` was optional and is required now');
    change.then('publicReply');
  });

  it('that was required and is optional now is missed by old readers', () => {
    const change = given(hinted).when(hinted.partial());
    change.then('event', '`hint` was required and is optional now');
    change.then('request');
    change.then('reply', '`hint` was required and is optional now');
    change.then('publicReply', '`hint` was required and is optional now');
  });

  it('is named by its place', () => {
    const nested = (idle: z.ZodType) => z.object({ policies: z.array(z.object({ idle })) });
    given(nested(z.int())).when(nested(text)).then('event', '`policies[].idle` changed: type was integer, is string');
  });

  it('that no schema names is taken by loose objects alone', () => {
    const change = given(hinted).when(z.looseObject({ hint: text }));
    change.then('event', 'the whole changed: other fields was none, is any');
    change.then('request');
    change.then('publicReply');
  });
});

describe('a value', () => {
  it('that is new is not known to old readers', () => {
    const change = given(reason('wrong')).when(reason('wrong', 'late'));
    change.then('event', '`reason` may now be "late"');
    change.then('request');
    change.then('reply', '`reason` may now be "late"');
    change.then('publicReply', '`reason` may now be "late"');
  });

  it('that is gone is still asked by old callers, and stands in old events', () => {
    const change = given(reason('wrong', 'late')).when(reason('wrong'));
    change.then('event', '`reason` may no longer be "late"');
    change.then('request', '`reason` may no longer be "late"');
    change.then('reply', '`reason` may no longer be "late"');
    change.then('publicReply');
  });

  it('may be null where it could not be, or the other way round', () => {
    const nullable = z.object({ hint: text.nullable() });
    given(hinted).when(nullable).then('event', '`hint` may now be null');
    given(hinted).when(nullable).then('request');
    given(nullable).when(hinted).then('request', '`hint` may no longer be null');
  });

  it('of a list may become any, but not the other way round', () => {
    const any = z.object({ reason: text });
    given(reason('wrong')).when(any).then('request');
    given(reason('wrong')).when(any).then('reply', '`reason` changed: type was one of a list, is string');
    given(any).when(reason('wrong')).then('request', '`reason` changed: type was string, is one of a list');
  });

  it('of another type is read by nobody, but a whole number is a number', () => {
    given(z.int()).when(text).then('reply', 'the whole changed: type was integer, is string');
    given(z.int().min(0).max(9)).when(z.number().min(0).max(9)).then('request');
    given(z.number().min(0).max(9))
      .when(z.int().min(0).max(9))
      .then('request', 'the whole changed: type was number, is integer');
  });

  it('that must be of a type now was anything before', () => {
    given(z.unknown()).when(text).then('request', 'the whole changed: type was anything, is string');
    given(text).when(z.unknown()).then('request');
  });

  it('of a list is measured by the bounds of what reads it', () => {
    const oneOf = z.enum(['wrong', 'late']);
    given(oneOf).when(text.max(5)).then('request');
    given(oneOf).when(text.max(4)).then('request', 'the whole may no longer be "wrong"');
    given(z.literal(7)).when(z.int().max(7)).then('request');
    given(z.literal(7)).when(z.int().max(6)).then('request', 'the whole may no longer be 7');
  });
});

describe('a bound', () => {
  it('may be loosened in what is asked, and tightened in what is answered outside', () => {
    given(text.max(10)).when(text.max(20)).then('request');
    given(text.max(10)).when(text.max(20)).then('reply', 'the whole changed: maxLength was 10, is 20');
    given(text.max(20)).when(text.max(10)).then('request', 'the whole changed: maxLength was 20, is 10');
    given(text.max(20)).when(text.max(10)).then('reply', 'the whole changed: maxLength was 20, is 10');
    given(text.max(20)).when(text.max(10)).then('publicReply');
    given(text.min(2)).when(text.min(1)).then('request');
    given(text.min(1)).when(text.min(2)).then('request', 'the whole changed: minLength was 1, is 2');
    given(text).when(text.min(2)).then('request', 'the whole changed: minLength was none, is 2');
  });

  it('of another kind must stay as it was, since nobody can tell which is wider', () => {
    given(text.regex(/^a$/)).when(text.regex(/^b$/)).then('request', 'the whole changed: pattern was ^a$, is ^b$');
    given(z.iso.datetime()).when(text).then('request');
    given(z.iso.datetime()).when(text).then('reply', 'the whole changed: format was date-time, is none');
  });

  it('is no word of description', () => {
    given(text).when(text.describe('what is shown')).then('event');
  });
});

describe('a union', () => {
  const done = z.object({ step: z.literal('done') });
  const wait = z.object({ step: z.literal('wait'), until: text });
  const ask = z.object({ step: z.literal('ask'), of: text });
  const next = (...variants: readonly [typeof done, ...z.ZodObject[]]) => z.object({ next: z.union([...variants]) });

  it('with a new variant is not known to old readers, and named by what tells it apart', () => {
    given(next(done, wait))
      .when(next(done, wait, ask))
      .then('reply', '`next.step` may now be "ask"');
    given(next(done, wait))
      .when(next(done, wait, ask))
      .then('request');
  });

  it('without a variant is too narrow for old callers', () => {
    given(next(done, wait, ask))
      .when(next(done, wait))
      .then('request', '`next.step` may no longer be "ask"');
  });

  it('is compared variant by variant', () => {
    const later = wait.extend({ until: z.int() });
    given(next(done, wait)).when(next(done, later)).then('event', '`next.until` changed: type was string, is integer');
  });

  it('is compared by its own variant, though another may look nearer', () => {
    const slow = wait.extend({ from: text, of: text });
    const change = given(next(done, slow)).when(next(done, slow.omit({ until: true, from: true })));
    change.then('reply', '`next.until` was removed', '`next.from` was removed');
  });

  it('without a name for its variants is compared with the nearest', () => {
    const refused = z.object({ id: text, why: text });
    const unmatched = z.object({ id: text });
    given(z.union([refused, unmatched]))
      .when(z.union([unmatched, refused]))
      .then('event');
    given(z.union([refused, unmatched]))
      .when(z.union([unmatched, refused.extend({ why: z.int() })]))
      .then('event', '`why` changed: type was string, is integer', '`why` was removed');
  });
});

it('a record is compared by what its fields may be', () => {
  const record = (value: z.ZodType) => z.record(text, value);
  given(record(text)).when(record(text)).then('event');
  given(record(text)).when(record(z.int())).then('reply', '`*` changed: type was string, is integer');
});
