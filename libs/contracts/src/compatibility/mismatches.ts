import type { JsonSchema } from '../json-schema';

/** Something that a writer may write and a reader refuses; `at` is its place, such as `policies[].version`. */
export type Mismatch =
  | { readonly kind: 'unknown-field'; readonly at: string; readonly field: JsonSchema; readonly required: boolean }
  | { readonly kind: 'missing-field'; readonly at: string; readonly field: JsonSchema; readonly known: boolean }
  | { readonly kind: 'unknown-value'; readonly at: string; readonly value: unknown }
  | {
      readonly kind: 'outside';
      readonly at: string;
      readonly rule: string;
      readonly written: unknown;
      readonly read: unknown;
    };

export interface Manner {
  /** Whether the reader passes over fields that its schema does not name, although ours is strict. */
  readonly ignoresUnknownFields: boolean;
}

/** Words that say nothing about what is valid. */
const annotations = new Set(['title', 'description', 'default', 'examples', 'deprecated']);
/** Words that are compared in a way of their own; of all others that the reader has, the writer must say the same. */
const structure = new Set(['type', 'properties', 'required', 'additionalProperties', 'items']);
const lowerBounds = new Set(['minimum', 'exclusiveMinimum', 'minLength', 'minItems']);
const upperBounds = new Set(['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems']);

/**
 * What data valid by `written` may hold that is not valid by `read`; none means that the reader takes everything that
 * the writer may write. Where it cannot tell (two patterns that differ) it says that they do not fit. Pure.
 */
export function mismatches(written: JsonSchema, read: JsonSchema, manner: Manner, at = ''): readonly Mismatch[] {
  const options = alternatives(read);
  return alternatives(written).flatMap((alternative) => closest(alternative, options, manner, at));
}

/** A union, an enumeration, several types and null as the list of what each may be. */
function alternatives(schema: JsonSchema): readonly JsonSchema[] {
  const union = schema.anyOf ?? schema.oneOf;
  if (union) return union.flatMap(alternatives);
  if (schema.enum) return schema.enum.map((value) => ({ const: value }));
  if (Array.isArray(schema.type)) return schema.type.flatMap((type: string) => alternatives({ ...schema, type }));
  return schema.type === 'null' ? [{ const: null }] : [schema];
}

/** The mismatches with the option that is meant: that of the same variant, else the one with the fewest. */
function closest(written: JsonSchema, options: readonly JsonSchema[], manner: Manner, at: string): readonly Mismatch[] {
  if ('const' in written) {
    const taken = options.some((option) => takesValue(option, written.const, manner));
    return taken ? [] : [{ kind: 'unknown-value', at, value: written.const }];
  }
  const tags = options.map((option) => differingTag(written, option));
  const [unknown] = tags;
  if (options.length > 1 && unknown && tags.every((tag) => tag !== undefined)) {
    return [{ kind: 'unknown-value', at: join(at, unknown.name), value: unknown.value }];
  }
  const tried = options
    .filter((_, index) => tags[index] === undefined || options.length === 1)
    .map((option) => unfit(written, option, manner, at))
    .sort((one, other) => one.length - other.length);
  return tried[0] ?? [];
}

function takesValue(option: JsonSchema, value: unknown, manner: Manner): boolean {
  if ('const' in option) return option.const === value;
  return unfit(schemaOfValue(value), option, manner, '').length === 0;
}

function schemaOfValue(value: unknown): JsonSchema {
  if (typeof value === 'string') return { type: 'string', minLength: value.length, maxLength: value.length };
  if (typeof value === 'number') {
    return { type: Number.isInteger(value) ? 'integer' : 'number', minimum: value, maximum: value };
  }
  return { type: value === null ? 'null' : typeof value };
}

/** The field by which two variants of a union are told apart. */
function differingTag(
  written: JsonSchema,
  read: JsonSchema,
): { readonly name: string; readonly value: unknown } | undefined {
  const [tag] = Object.entries(written.properties ?? {}).flatMap(([name, field]) => {
    const other = own(read.properties, name);
    const differ = other && 'const' in field && 'const' in other && field.const !== other.const;
    return differ ? [{ name, value: field.const }] : [];
  });
  return tag;
}

function unfit(written: JsonSchema, read: JsonSchema, manner: Manner, at: string): readonly Mismatch[] {
  if ('const' in read) {
    return [{ kind: 'outside', at, rule: 'type', written: written.type ?? 'anything', read: 'one of a list' }];
  }
  const sameType = written.type === read.type || (written.type === 'integer' && read.type === 'number');
  if (read.type !== undefined && !sameType) {
    return [{ kind: 'outside', at, rule: 'type', written: written.type ?? 'anything', read: read.type }];
  }
  return [
    ...rules(written, read, at),
    ...(read.type === 'object' ? fields(written, read, manner, at) : []),
    ...(read.items ? mismatches(written.items ?? {}, read.items, manner, `${at}[]`) : []),
  ];
}

function rules(written: JsonSchema, read: JsonSchema, at: string): readonly Mismatch[] {
  return Object.keys(read)
    .filter((word) => !annotations.has(word) && !structure.has(word) && !isWithin(word, written[word], read[word]))
    .map((word) => ({ kind: 'outside', at, rule: word, written: written[word], read: read[word] }));
}

function isWithin(word: string, written: unknown, read: unknown): boolean {
  if (typeof written === 'number' && typeof read === 'number') {
    if (lowerBounds.has(word)) return written >= read;
    if (upperBounds.has(word)) return written <= read;
  }
  return JSON.stringify(written) === JSON.stringify(read);
}

function fields(written: JsonSchema, read: JsonSchema, manner: Manner, at: string): readonly Mismatch[] {
  const surelyGiven = new Set(written.required);
  // An object of zod that says nothing of other fields drops them: it reads any, and writes none.
  const others = read.additionalProperties ?? true;
  const given = Object.entries(written.properties ?? {}).flatMap(([name, field]): readonly Mismatch[] => {
    const place = join(at, name);
    const known = own(read.properties, name) ?? (typeof others === 'object' ? others : undefined);
    if (known) return mismatches(field, known, manner, place);
    if (others !== false || manner.ignoresUnknownFields) return [];
    return [{ kind: 'unknown-field', at: place, field, required: surelyGiven.has(name) }];
  });
  const missing = (read.required ?? [])
    .filter((name) => !surelyGiven.has(name))
    .map((name): Mismatch => {
      const known = own(written.properties, name) !== undefined;
      return { kind: 'missing-field', at: join(at, name), field: own(read.properties, name) ?? {}, known };
    });
  return [...given, ...missing, ...otherFields(written.additionalProperties ?? false, others, manner, at)];
}

/** Fields that neither schema names: those of records and loose objects. */
function otherFields(
  written: boolean | JsonSchema,
  read: boolean | JsonSchema,
  manner: Manner,
  at: string,
): readonly Mismatch[] {
  if (written === false || read === true) return [];
  if (read !== false) return mismatches(written === true ? {} : written, read, manner, join(at, '*'));
  if (manner.ignoresUnknownFields) return [];
  return [{ kind: 'outside', at, rule: 'other fields', written: 'any', read: 'none' }];
}

const join = (at: string, name: string): string => (at === '' ? name : `${at}.${name}`);

const own = <Value>(record: Readonly<Record<string, Value>> | undefined, name: string): Value | undefined =>
  record && Object.hasOwn(record, name) ? record[name] : undefined;
