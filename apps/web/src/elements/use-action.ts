import { useRef, useState } from 'react';

/**
 * Runs one thing at a time: while it runs, another start does nothing, even within the same click (a state alone would
 * be seen one render too late). What it throws is thrown to the caller.
 */
export function useAction<Input extends readonly unknown[]>(
  run: (...input: Input) => Promise<void>,
): { readonly start: (...input: Input) => Promise<void>; readonly pending: boolean } {
  const running = useRef(false);
  const [pending, setPending] = useState(false);
  const start = async (...input: Input): Promise<void> => {
    if (running.current) return;
    running.current = true;
    setPending(true);
    try {
      await run(...input);
    } finally {
      running.current = false;
      setPending(false);
    }
  };
  return { start, pending };
}
