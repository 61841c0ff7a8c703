import { createContext, use, useMemo, useState, type ReactNode } from 'react';

/** Codes that were just made, and where to go once they are saved. Kept in memory only: a reload forgets them. */
export interface FreshCodes {
  readonly codes: readonly string[];
  readonly then: string;
}

interface FreshCodesStore {
  readonly fresh: FreshCodes | null;
  readonly show: (fresh: FreshCodes) => void;
  readonly forget: () => void;
}

const Context = createContext<FreshCodesStore | null>(null);

export function FreshCodesProvider({ children }: { readonly children: ReactNode }) {
  const [fresh, setFresh] = useState<FreshCodes | null>(null);
  const store = useMemo(() => ({ fresh, show: setFresh, forget: () => setFresh(null) }), [fresh]);
  return <Context value={store}>{children}</Context>;
}

export function useFreshCodes(): FreshCodesStore {
  const store = use(Context);
  if (store === null) throw new Error('useFreshCodes needs a FreshCodesProvider');
  return store;
}
