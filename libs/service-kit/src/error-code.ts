/** What Node or the system calls an error, such as ECONNREFUSED; unlike its message, it never repeats a value (I4). */
export function codeOf(error: unknown): string | undefined {
  const code: unknown = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
