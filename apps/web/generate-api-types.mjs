// Writes src/api/openapi.gen.d.ts from the contracts, so that a call that the interface does not have does not compile.
import { createRequire } from 'node:module';
import { writeFile } from 'node:fs/promises';
import openapiTypescript, { astToString } from 'openapi-typescript';

const { openApiDocument } = createRequire(import.meta.url)('@cofactor/contracts');
const types = astToString(await openapiTypescript(openApiDocument()));
await writeFile(new URL('./src/api/openapi.gen.d.ts', import.meta.url), types);
