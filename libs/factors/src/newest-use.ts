import type { Factor } from './factor';

/** For evidence that only ever grows: nothing that is as old as the last accepted use is accepted again. */
export const newestUseOnly: Pick<Factor, 'isFresh' | 'remember'> = {
  isFresh: (history, evidence) => history.last === null || evidence > history.last,
  remember: (history, evidence) => ({ last: Math.max(history.last ?? evidence, evidence), spent: [] }),
};
