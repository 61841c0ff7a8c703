import { z } from 'zod';

/** JSON Schema 2020-12, with the types of the words that our own code reads; others stay as they are. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly [word: string]: unknown;
}

/** `io` says which side of the schema's transforms is meant: what is given to it, or what comes out. */
export function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io,
    // The format says it in one word; zod's pattern for an instant is 300 characters long.
    override: ({ jsonSchema: target }) => {
      if (target.format === 'date-time') delete target.pattern;
    },
  });
  // Plain data: what a file would give back, without zod's own marks.
  return JSON.parse(JSON.stringify(rest)) as JsonSchema;
}
