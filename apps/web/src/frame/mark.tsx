import { t } from '../words/words';

/** The mark: a ring that is closed by a second, smaller part. */
export function Mark() {
  return (
    <svg className="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <path className="mark-ring" d="M22.4 8.6a10 10 0 1 0 0 14.8" />
      <circle className="mark-part" cx="25" cy="16" r="4.2" />
    </svg>
  );
}

/** Mark and name, as a heading of every page's frame. */
export function Wordmark() {
  return (
    <span className="wordmark">
      <Mark />
      <span className="wordmark-name">{t('product.name')}</span>
    </span>
  );
}
