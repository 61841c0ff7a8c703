import { factSchema, idSchema, type Fact } from '@cofactor/contracts';
import type { ErasureRecord } from '@cofactor/secret-vault';
import { existsSync } from 'node:fs';
import { open, readFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const lineSchema = z.union([z.object({ fact: factSchema }), z.object({ erased: idSchema })]);
type Line = z.input<typeof lineSchema>;

export const journalOf = (home: string): string => join(home, 'tombstones.jsonl');
export const hasJournal = (home: string): boolean => existsSync(journalOf(home));

/** What was destroyed, in the order in which it was written down. */
export interface Tombstones {
  readonly facts: readonly Fact[];
  readonly erased: readonly string[];
}

/** A line that was cut off in the middle was never answered for, and its fact is written again at the next start. */
function parseLine(text: string): readonly z.output<typeof lineSchema>[] {
  try {
    return [lineSchema.parse(JSON.parse(text))];
  } catch {
    return [];
  }
}

export async function readTombstones(home: string): Promise<Tombstones> {
  const text = hasJournal(home) ? await readFile(journalOf(home), 'utf8') : '';
  const lines = text.split('\n').flatMap(parseLine);
  return {
    facts: lines.flatMap((line) => ('fact' in line ? [line.fact] : [])),
    erased: lines.flatMap((line) => ('erased' in line ? [line.erased] : [])),
  };
}

/**
 * `tombstones.jsonl`: what was destroyed, kept apart from the databases, so that a backup from before does not bring it
 * back (DESIGN §6.12). Lines are added and synced, never changed. It holds facts, hence no secret (I4).
 */
export class TombstoneJournal implements ErasureRecord {
  private constructor(
    private readonly file: FileHandle,
    private readonly written: Set<string>,
  ) {}

  static async open(home: string): Promise<TombstoneJournal> {
    const { facts } = await readTombstones(home);
    const file = await open(journalOf(home), 'a', 0o600);
    // The line after one that was cut off begins anew.
    await file.write('\n');
    return new TombstoneJournal(file, new Set(facts.map(({ id }) => id)));
  }

  /** Resolves when all of them are on the disk. */
  async keep(facts: readonly Fact[]): Promise<void> {
    const fresh = facts.filter(({ id }) => !this.written.has(id));
    await this.add(fresh.map((fact) => ({ fact })));
    fresh.forEach(({ id }) => this.written.add(id));
  }

  personErased(personId: string): Promise<void> {
    return this.add([{ erased: personId }]);
  }

  close(): Promise<void> {
    return this.file.close();
  }

  private async add(lines: readonly Line[]): Promise<void> {
    if (lines.length === 0) return;
    await this.file.write(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    await this.file.sync();
  }
}
