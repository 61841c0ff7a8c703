import { transformSync } from '@swc/core';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const archive = 'libs/launcher/modules.archive';
const program = 'apps/greeter/dist/program.js';

/** A workspace with a program of two modules, and two packages that it needs. */
const files: Readonly<Record<string, string>> = {
  'node_modules/.package-lock.json': '{}',
  'node_modules/words/index.js': `exports.Word = class Word { constructor(text) { this.text = text; } };\n`,
  // Not in Latin-1, and in the manner of scripts: a name is made by being assigned to.
  'node_modules/words/accents.js': `made = 'schön ✓';\nexports.accents = made;\n`,
  'node_modules/modern/package.json': '{"type":"module","exports":"./index.js"}',
  'node_modules/modern/index.js': `export const year = 2020;\n`,
  'node_modules/words/later.js': `exports.year = () => import('modern').then(({ year }) => year);\n`,
  'apps/greeter/dist/main.js': `require('../../../libs/launcher/dist').startProgram(async () => require('./program'));\n`,
  [program]: `
const { Word } = require('words');
const { greeting } = require('./greeting');
const { year } = require('words/later');
exports.run = async () => {
  const later = require('words').Word === Word && require('words/accents').accents;
  console.log(greeting, await year(), later, require.resolve('words/accents').endsWith('accents.js'));
};\n`,
  'apps/greeter/dist/greeting.js': `
const { Word } = require('words');
require('words/accents');
exports.year = require('modern').year;
exports.greeting = new Word('hello').text + ' by ' + Word.name;
exports.fail = function failing() {
  throw new Error('on line 7');
};\n`,
};
const greets = 'hello by Word 2020 schön ✓ true\n';

let folder: string;
let workspace: string;

function put(path: string, content: string): void {
  mkdirSync(dirname(join(workspace, path)), { recursive: true });
  writeFileSync(join(workspace, path), content);
}

function node(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: workspace, encoding: 'utf8' });
  return { code: status, said: stdout + stderr };
}

const start = (...flags: readonly string[]) => node(...flags, 'apps/greeter/dist/main.js');

/** How many modules of the program came out of the archive; null where that is not used at all. */
function loaded(...flags: readonly string[]): unknown {
  const { said } = node(
    ...flags,
    '-e',
    `const archive = require('./libs/launcher/dist/module-archive').openModuleArchive();
     require('./${program}');
     console.log(JSON.stringify(archive && archive.close()));`,
  );
  return JSON.parse(said);
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cofactor-launcher-'));
  workspace = join(folder, 'built');
  for (const [path, content] of Object.entries(files)) put(path, content);
  const rules = JSON.parse(readFileSync(join(__dirname, '../../../.swcrc'), 'utf8')) as object;
  for (const name of readdirSync(__dirname).filter((file) => !file.includes('.spec.'))) {
    const { code } = transformSync(readFileSync(join(__dirname, name), 'utf8'), { ...rules, swcrc: false });
    put(`libs/launcher/dist/${name.replace(/ts$/, 'js')}`, code);
  }
  expect(node('libs/launcher/dist/record.js', join(workspace, program))).toEqual({ code: 0, said: '' });
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('an archive of modules', () => {
  it('is where all modules of CommonJS come from, by the Node that made it', () => {
    expect(loaded()).toEqual({ accepted: 4, refused: 0 });
    expect(start()).toEqual({ code: 0, said: greets });
  });

  it('goes with its workspace to another place', () => {
    const elsewhere = join(folder, 'elsewhere');
    renameSync(workspace, elsewhere);
    workspace = elsewhere;
    expect(loaded()).toEqual({ accepted: 4, refused: 0 });
    expect(start()).toEqual({ code: 0, said: greets });
  });

  it('leaves errors the file and the line where they were thrown', () => {
    put(
      'fail.js',
      `require('./libs/launcher/dist').startProgram(async () => ({ run: require('./${program}').fail }));`,
    );
    put(program, `${files[program] ?? ''} exports.fail = require('./greeting').fail;`);
    expect(node('fail.js').said).toContain(`at failing (${join(workspace, 'apps/greeter/dist/greeting.js')}:7:9)`);
  });
});

describe('a program starts all the same', () => {
  it('without an archive', () => {
    rmSync(join(workspace, archive));
    expect(loaded()).toBe(null);
    expect(start()).toEqual({ code: 0, said: greets });
  });

  it.each([0, 3, 100, -1])('with one of which only the first bytes, to %d, were written', (end) => {
    const made = readFileSync(join(workspace, archive));
    writeFileSync(join(workspace, archive), made.subarray(0, end));
    expect(loaded()).toBe(null);
    expect(start()).toEqual({ code: 0, said: greets });
  });

  it('with one of zeros', () => {
    writeFileSync(join(workspace, archive), Buffer.alloc(5000));
    expect(loaded()).toBe(null);
    expect(start()).toEqual({ code: 0, said: greets });
  });

  it('with one that was made by another Node', () => {
    const made = readFileSync(join(workspace, archive), 'latin1');
    const other = made.replace(process.version, process.version.replace(/./g, '9'));
    expect(other === made).toBe(false);
    writeFileSync(join(workspace, archive), other, 'latin1');
    expect(loaded()).toBe(null);
    expect(start()).toEqual({ code: 0, said: greets });
  });

  it('with one that was made for other packages', () => {
    put('node_modules/.package-lock.json', '{"packages":{}}');
    put('node_modules/words/index.js', `exports.Word = class Name { constructor(text) { this.text = text; } };\n`);
    expect(loaded()).toBe(null);
    expect(start().said).toBe(greets.replace('Word', 'Name'));
    rmSync(join(workspace, 'node_modules/.package-lock.json'));
    expect(loaded()).toBe(null);
  });

  it('with bytecode that V8 refuses, as under other flags', () => {
    expect(loaded('--no-opt')).toEqual({ accepted: 0, refused: 4 });
    expect(start('--no-opt')).toEqual({ code: 0, said: greets });
  });

  it('with what a module of ours has become since, be it of the same length', () => {
    const greeting = 'apps/greeter/dist/greeting.js';
    put(greeting, (files[greeting] ?? '').replace('hello', 'hallo'));
    expect(loaded()).toEqual({ accepted: 3, refused: 1 });
    expect(start()).toEqual({ code: 0, said: greets.replace('hello', 'hallo') });
  });
});
