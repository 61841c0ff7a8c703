/** PostgreSQL's text format of COPY: fields between tabs, rows ended by a newline, the rest escaped by backslashes. */
import { parseInstant } from '../connection-options';

const escapes: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

const unescape = (field: string): string =>
  field.includes('\\') ? field.replace(/\\(.)/g, (_pair, sign: string) => escapes[sign] ?? sign) : field;

/** One row of a log, each field of it read only when somebody asks. Asking for a column that was not selected throws. */
export class LogRow {
  private readonly fields: readonly string[];

  constructor(
    line: string,
    private readonly columns: ReadonlyMap<string, number>,
  ) {
    this.fields = line.split('\t');
  }

  /** Null for SQL's NULL. */
  nullableText(column: string): string | null {
    const field = this.field(column);
    return field === '\\N' ? null : unescape(field);
  }

  text(column: string): string {
    const text = this.nullableText(column);
    if (text === null) throw new Error(`${column} is null`);
    return text;
  }

  number(column: string): number {
    return Number(this.field(column));
  }

  /** RFC 3339 with milliseconds, of a timestamptz. */
  instant(column: string): string {
    return parseInstant(this.text(column));
  }

  /** Of a json or jsonb column; null for SQL's NULL. */
  json(column: string): unknown {
    const text = this.nullableText(column);
    return text === null ? null : (JSON.parse(text) as unknown);
  }

  private field(column: string): string {
    const field = this.fields[this.columns.get(column) ?? -1];
    if (field === undefined) throw new Error(`${column} was not selected`);
    return field;
  }
}

/** Text for text, JSON, timestamps; whatever PostgreSQL's input function of the column reads. */
export type CopyValue = string | number | boolean | null;

const needsEscape = /[\\\t\n\r]/;
const signs: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

function copyField(value: CopyValue): string {
  if (value === null) return '\\N';
  const text = String(value);
  return needsEscape.test(text) ? text.replace(/[\\\t\n\r]/g, (sign) => signs[sign] ?? sign) : text;
}

/** One row for COPY FROM STDIN. */
export const copyLine = (row: readonly CopyValue[]): string => `${row.map(copyField).join('\t')}\n`;

/** Cuts what COPY TO STDOUT sends into lines; a line or a character may be spread over two chunks. */
export class LineCutter {
  private beginning: Buffer = Buffer.alloc(0);

  lines(chunk: Buffer): readonly string[] {
    const end = chunk.lastIndexOf(0x0a);
    if (end === -1) {
      this.beginning = Buffer.concat([this.beginning, chunk]);
      return [];
    }
    const whole = this.beginning.length === 0 ? chunk : Buffer.concat([this.beginning, chunk]);
    const length = this.beginning.length + end;
    this.beginning = whole.subarray(length + 1);
    return whole.toString('utf8', 0, length).split('\n');
  }
}
