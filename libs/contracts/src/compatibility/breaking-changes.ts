import type { JsonSchema } from '../json-schema';
import { mismatches, type Manner, type Mismatch } from './mismatches';

/** Which release reads what the other has written. */
export interface Reading extends Manner {
  /**
   * What a reader of the last release meets: `all` that this one writes, or only its `fields`, since what else is new is
   * written once the reader is deployed.
   */
  readonly oldReadsNew: 'all' | 'fields' | 'nothing';
  /** A reader of this release meets what the last one wrote. */
  readonly newReadsOld: boolean;
}

/**
 * Who reads whom (docs/adr/0007). Whether a reader passes over fields that it does not know stands in its schema.
 * - An event is kept for ever: this release reads what the last one wrote, and services not yet deployed read this one's.
 * - Services are deployed in any order, so each reads the other. New values in what is asked are an exception: they are
 *   for what could not be asked before, and whoever answers is deployed first.
 * - Replies are also kept, for whoever asks again with the same key.
 * - Applications outside come after the release that they are written for, and are told to pass over fields of a reply
 *   that they do not know.
 */
export const readings = {
  event: { oldReadsNew: 'all', newReadsOld: true, ignoresUnknownFields: false },
  request: { oldReadsNew: 'fields', newReadsOld: true, ignoresUnknownFields: false },
  reply: { oldReadsNew: 'all', newReadsOld: true, ignoresUnknownFields: false },
  publicRequest: { oldReadsNew: 'nothing', newReadsOld: true, ignoresUnknownFields: false },
  publicReply: { oldReadsNew: 'all', newReadsOld: false, ignoresUnknownFields: true },
} as const satisfies Record<string, Reading>;

type Change =
  | { readonly kind: 'added' | 'removed'; readonly at: string; readonly field: JsonSchema; readonly words: string }
  | { readonly kind: 'altered'; readonly words: string };

/** What changed from `before` to `after` that somebody cannot read, each in a few words, none twice. Pure. */
export function breakingChanges(before: JsonSchema, after: JsonSchema, reading: Reading): readonly string[] {
  const forward = mismatches(after, before, reading).filter(met[reading.oldReadsNew]).map(seenByTheOld);
  const backward = reading.newReadsOld ? mismatches(before, after, reading).map(seenByTheNew) : [];
  const once = new Map([...forward, ...backward].map((change) => [change.words, change]));
  return withRenames([...once.values()]);
}

const met: Readonly<Record<Reading['oldReadsNew'], (mismatch: Mismatch) => boolean>> = {
  all: () => true,
  fields: ({ kind, ...mismatch }) => kind === 'unknown-field' || ('known' in mismatch && !mismatch.known),
  nothing: () => false,
};

const place = (at: string): string => (at === '' ? 'the whole' : `\`${at}\``);
const removed = (at: string, field: JsonSchema): Change => ({
  kind: 'removed',
  at,
  field,
  words: `${place(at)} was removed`,
});
const added = (at: string, field: JsonSchema, required: boolean): Change => ({
  kind: 'added',
  at,
  field,
  words: `${place(at)} was added${required ? ' as required' : ''}`,
});

const altered = (
  { at, rule }: { readonly at: string; readonly rule: string },
  before: unknown,
  after: unknown,
): Change => ({ kind: 'altered', words: `${place(at)} changed: ${rule} was ${show(before)}, is ${show(after)}` });
const show = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? 'none'));

/** The writer is this release, the reader the last one. */
function seenByTheOld(mismatch: Mismatch): Change {
  const where = place(mismatch.at);
  switch (mismatch.kind) {
    case 'unknown-field':
      return added(mismatch.at, mismatch.field, mismatch.required);
    case 'missing-field':
      if (!mismatch.known) return removed(mismatch.at, mismatch.field);
      return { kind: 'altered', words: `${where} was required and is optional now` };
    case 'unknown-value':
      return { kind: 'altered', words: `${where} may now be ${JSON.stringify(mismatch.value)}` };
    case 'outside':
      return altered(mismatch, mismatch.read, mismatch.written);
  }
}

/** The writer is the last release, the reader this one. */
function seenByTheNew(mismatch: Mismatch): Change {
  const where = place(mismatch.at);
  switch (mismatch.kind) {
    case 'unknown-field':
      return removed(mismatch.at, mismatch.field);
    case 'missing-field':
      if (!mismatch.known) return added(mismatch.at, mismatch.field, true);
      return { kind: 'altered', words: `${where} was optional and is required now` };
    case 'unknown-value':
      return { kind: 'altered', words: `${where} may no longer be ${JSON.stringify(mismatch.value)}` };
    case 'outside':
      return altered(mismatch, mismatch.written, mismatch.read);
  }
}

/** A field gone and the only one of its shape that is new beside it are one change, said at the place of the first. */
function withRenames(changes: readonly Change[]): readonly string[] {
  const parent = (at: string): string => at.slice(0, at.lastIndexOf('.') + 1);
  const partners = (one: Change): readonly Change[] =>
    changes.filter(
      (other) =>
        one.kind !== 'altered' &&
        other.kind !== 'altered' &&
        one.kind !== other.kind &&
        parent(one.at) === parent(other.at) &&
        JSON.stringify(one.field) === JSON.stringify(other.field),
    );
  return changes.flatMap((change) => {
    const [partner, ...rivals] = partners(change);
    if (change.kind === 'altered' || partner === undefined || partner.kind === 'altered') return [change.words];
    if (rivals.length > 0 || partners(partner).length > 1) return [change.words];
    return change.kind === 'added' ? [] : [`${place(change.at)} was renamed to ${place(partner.at)}`];
  });
}
