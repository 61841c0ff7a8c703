import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { ConfigurationError, readConfiguration } from './configuration';
import { withFiles } from './environment';

const settings = z.object({ DATABASE_URL: z.string(), SMTP_URL: z.string().optional() });
const read = (environment: Readonly<Record<string, string | undefined>>) =>
  readConfiguration(settings, withFiles(environment));

describe('a setting in a file', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'cofactor-environment-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const file = (content: string): string => {
    const path = join(folder, 'secret');
    writeFileSync(path, content);
    return path;
  };

  it('is the content of the file, without the line end that editors put there', () => {
    for (const content of ['value', 'value\n', 'value\r\n']) {
      expect(read({ DATABASE_URL_FILE: file(content) })).toEqual({ DATABASE_URL: 'value' });
    }
    expect(read({ DATABASE_URL_FILE: file(' two\nlines \n\n') })).toEqual({ DATABASE_URL: ' two\nlines \n' });
  });

  it('is refused beside the same setting without a file', () => {
    const both = { DATABASE_URL: 'canary-1', DATABASE_URL_FILE: file('canary-2') };
    expect(() => read(both)).toThrow('DATABASE_URL_FILE: DATABASE_URL is set as well; keep one.');
  });

  it.each([
    ['is not there', 'nothing', 'ENOENT'],
    ['is a folder', '.', 'EISDIR'],
  ])('is refused where the file %s', (_name, name, code) => {
    const start = () => read({ DATABASE_URL_FILE: join(folder, name) });
    expect(start).toThrow(`DATABASE_URL_FILE: the file cannot be read (${code}).`);
    expect(start).toThrow(ConfigurationError);
  });

  it('counts as not given where the variable is empty', () => {
    expect(read({ DATABASE_URL: 'value', DATABASE_URL_FILE: '', SMTP_URL_FILE: undefined })).toEqual({
      DATABASE_URL: 'value',
    });
  });

  it('is not read where it is of another program', () => {
    const others = { SSL_CERT_FILE: '/nowhere', GIT_FILE: join(folder, 'nothing'), SSL_CERT: 'x', _FILE: '/nowhere' };
    expect(read({ ...others, DATABASE_URL: 'value' })).toEqual({ DATABASE_URL: 'value' });
  });
});
