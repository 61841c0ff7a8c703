import { instantInWords, timeInWords } from '../words/instants';

/** An instant in words and local time; the exact one on hover, and in the markup for copying. */
export function Instant({ at, only }: { readonly at: string; readonly only?: 'time' }) {
  const date = new Date(at);
  return (
    <time dateTime={at} title={at}>
      {only === 'time' ? timeInWords(date) : instantInWords(date, new Date())}
    </time>
  );
}
