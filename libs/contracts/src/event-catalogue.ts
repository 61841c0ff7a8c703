import { z } from 'zod';
import type { EventDefinition } from './event-definition';
import { eventsByService } from './events';

interface FieldSchema {
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly const?: string | number | boolean | null;
  readonly anyOf?: readonly FieldSchema[];
  readonly items?: FieldSchema;
  readonly properties?: Readonly<Record<string, FieldSchema>>;
}

/** A field's values in a few words, from its JSON Schema. */
function words(schema: FieldSchema): string {
  if (schema.const !== undefined) return `\`${String(schema.const)}\``;
  if (schema.enum) return schema.enum.map((value) => `\`${String(value)}\``).join(', ');
  if (schema.anyOf) return schema.anyOf.map(words).join(' or ');
  if (schema.items) return `list of ${words(schema.items)}`;
  if (schema.properties) return `{ ${Object.keys(schema.properties).join(', ')} }`;
  if (schema.format === 'date-time') return 'instant';
  return [schema.type ?? 'any'].flat().join(' or ');
}

function entry(definition: EventDefinition): string {
  // JSON Schema has many more words than these; the rest is not read.
  const schema = z.toJSONSchema(definition.schema, { io: 'output' }) as FieldSchema;
  const fields = Object.entries(schema.properties ?? {}).map(([name, field]) => `| \`${name}\` | ${words(field)} |`);
  const told = definition.audience === 'audit-and-person' ? 'the audit; the person may be told too' : 'the audit';
  return [
    `### ${definition.type}`,
    '',
    `${definition.label}. Version ${definition.version}, stream \`${definition.stream}\`, outcome ${definition.outcome}, seen by ${told}.`,
    '',
    '| field | values |',
    '| --- | --- |',
    ...fields,
    '',
  ].join('\n');
}

/** The catalogue of every event, in Markdown: what docs/events.md holds. */
export function eventCatalogue(): string {
  const services = Object.entries(eventsByService).map(
    ([service, table]) => `## ${service}\n\n${Object.values<EventDefinition>(table).map(entry).join('\n')}`,
  );
  return `# Events

Every fact that a service can record. This page is made from \`libs/contracts/src/events\` by
\`node tools/generate-events.mjs\`; a test fails when it is older than they are. Around each event stands an envelope
(\`libs/contracts/src/fact.ts\`): whom it concerns, who caused it, and the request that it came from. No event holds a
seed, a code, a password, a token, a full number or an address.

${services.join('\n')}`;
}
