/*
 * TypeScript to CommonJS, file by file, with the settings under which all tests run (.swcrc): what runs, without a check of
 * its types. `node tools/translate.mjs` translates the tree that it stands in.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Every project of a tree but the pages, which Vite bundles. */
export async function translate(root) {
  // It may have been installed a moment ago.
  const { transform } = await import('@swc/core');
  const rules = JSON.parse(readFileSync(join(root, '.swcrc'), 'utf8'));
  // Beside the program, as the compiler puts it, and not in it: each process would read and keep it.
  const options = { ...rules, swcrc: false, cwd: root, sourceMaps: true };
  await Promise.all(
    programsIn(root).map(async (file) => {
      const { code, map } = await transform(readFileSync(join(root, file), 'utf8'), { ...options, filename: file });
      const target = join(root, file.replace(/^(\w+\/[^/]+)\/src\//, '$1/dist/').replace(/\.ts$/, '.js'));
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, `${code}//# sourceMappingURL=${basename(target)}.map\n`);
      writeFileSync(`${target}.map`, map);
    }),
  );
}

function programsIn(root) {
  return ['libs', 'apps']
    .flatMap((folder) => readdirSync(join(root, folder)).map((name) => `${folder}/${name}`))
    .filter((project) => project !== 'apps/web')
    .flatMap((project) => sourcesIn(root, project))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts') && !file.endsWith('.spec.ts'));
}

/** None for a folder that is no project. */
function sourcesIn(root, project) {
  try {
    return readdirSync(join(root, project, 'src'), { recursive: true }).map((file) => `${project}/src/${file}`);
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await translate(fileURLToPath(new URL('..', import.meta.url)));
