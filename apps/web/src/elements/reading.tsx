import { RefreshCw, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { Refusal } from '../api/problem';
import { problemSentence } from '../words/problem-sentence';
import { t } from '../words/words';
import { Button } from './button';

interface Query<Data> {
  readonly data: Data | undefined;
  readonly error: Error | null;
  readonly isFetching: boolean;
  readonly refetch: () => unknown;
}

interface ReadingProps<Data> {
  readonly query: Query<Data>;
  /** How many lines to keep free while it loads. */
  readonly lines: number;
  readonly children: (data: Data) => ReactNode;
}

/** What a query brought; until then lines of the same height, and after a failure a sentence with "Try again". */
export function Reading<Data>({ query, lines, children }: ReadingProps<Data>) {
  if (query.data !== undefined) return children(query.data);
  if (query.error === null) return <Skeleton lines={lines} />;
  return <Failure error={query.error} pending={query.isFetching} onTryAgain={() => void query.refetch()} />;
}

export function Skeleton({ lines }: { readonly lines: number }) {
  return (
    <div className="skeleton" role="status" aria-label={t('actions.loading')}>
      {Array.from({ length: lines }, (_, index) => (
        <span className="skeleton-line" key={index} />
      ))}
    </div>
  );
}

interface FailureProps {
  readonly error: Error;
  readonly pending: boolean;
  readonly onTryAgain: () => void;
}

export function Failure({ error, pending, onTryAgain }: FailureProps) {
  const requestId = error instanceof Refusal ? error.problem.requestId : null;
  return (
    <div className="failure" role="alert">
      <TriangleAlert aria-hidden />
      <p>{problemSentence(error, new Date())}</p>
      {requestId !== null && <p className="failure-reference">{t('trouble.reference', { requestId })}</p>}
      <Button onPress={onTryAgain} pending={pending}>
        <RefreshCw aria-hidden />
        {t('actions.tryAgain')}
      </Button>
    </div>
  );
}
