import Module from 'node:module';

/** A module of CommonJS while it is loaded. */
export interface LoadedModule {
  exports: unknown;
  readonly filename: string;
  readonly path: string;
  require(request: string): unknown;
  _compile(source: string, filename: string, format?: string): unknown;
}

type Load = (module: LoadedModule, filename: string) => void;
type Resolve = (request: string, parent: LoadedModule | null | undefined, isMain?: boolean, options?: object) => string;

/**
 * What Node has no public name for, and has kept since its first versions, since so much stands on it: how a request
 * becomes a file, and how a file becomes a module.
 */
export const loader = Module as unknown as {
  readonly _cache: Record<string, LoadedModule | undefined>;
  readonly _extensions: Record<string, Load> & { '.js': Load };
  _resolveFilename: Resolve;
  readonly prototype: { _compile: (this: LoadedModule, ...given: Parameters<LoadedModule['_compile']>) => unknown };
};
