import Module from 'node:module';
import { constants, Script } from 'node:vm';
import { loader, type LoadedModule } from './node-modules';

/** The source of a module, compiled; from the bytecode, unless V8 refuses it. Throws where it is no CommonJS. */
export const compile = (source: string, filename: string, bytecode?: Buffer): Script =>
  new Script(Module.wrap(source), {
    filename,
    ...(bytecode ? { cachedData: bytecode } : {}),
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });

type ModuleFunction = (
  this: unknown,
  exports: unknown,
  require: NodeJS.Require,
  module: LoadedModule,
  filename: string,
  folder: string,
) => unknown;

/** Runs a module as Node does, by the path of its file. */
export function run(script: Script, module: LoadedModule): unknown {
  const own = script.runInThisContext() as ModuleFunction;
  return own.call(module.exports, module.exports, requireOf(module), module, module.filename, module.path);
}

function requireOf(module: LoadedModule): NodeJS.Require {
  const resolve = (request: string, options?: object) => loader._resolveFilename(request, module, false, options);
  const paths = (request: string) => Module.createRequire(module.filename).resolve.paths(request);
  return Object.assign((request: string): unknown => module.require(request), {
    resolve: Object.assign(resolve, { paths }),
    main: require.main,
    extensions: require.extensions,
    cache: require.cache,
  });
}
