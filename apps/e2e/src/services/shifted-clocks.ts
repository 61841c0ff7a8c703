import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Runs before a service, in its process: every reading of the time adds what the file of the service says. */
const preload = (folder: string): string => `
const { readFileSync } = require('node:fs');
const service = (process.argv[1] ?? '').match(/apps[/]([^/]+)[/]dist[/]main[.]js$/)?.[1];
const read = () => {
  try { return Number(readFileSync(${JSON.stringify(folder)} + '/' + service, 'utf8')); } catch { return 0; }
};
if (service) {
  const RealDate = Date;
  let milliseconds = read();
  setInterval(() => { milliseconds = read(); }, 50).unref();
  globalThis.Date = class Date extends RealDate {
    constructor(...given) { given.length === 0 ? super(RealDate.now() + milliseconds) : super(...given); }
    static now() { return RealDate.now() + milliseconds; }
  };
}
`;

/** The clocks of services, which a spec can put forward and back while they run. */
export class ShiftedClocks {
  readonly #folder = mkdtempSync(join(tmpdir(), 'cofactor-clocks-'));

  constructor() {
    writeFileSync(join(this.#folder, 'preload.cjs'), preload(this.#folder));
  }

  /** What an installation is started with. */
  get environment(): Readonly<Record<string, string>> {
    return { NODE_OPTIONS: `--require ${join(this.#folder, 'preload.cjs')}` };
  }

  /** Within 50 ms the clock of every process of this service is so many seconds ahead (or, negative, behind). */
  shift(service: string, seconds: number): void {
    const path = join(this.#folder, service);
    writeFileSync(`${path}.new`, String(seconds * 1000));
    renameSync(`${path}.new`, path);
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
