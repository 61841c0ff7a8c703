import { Outlet } from 'react-router';
import { t } from '../words/words';
import { Wordmark } from './mark';

/** The frame of every page before the account: one column with one task, beside a quiet band. */
export function DoorFrame() {
  return (
    <div className="door">
      <header className="door-band">
        <svg className="door-art" viewBox="0 0 400 400" aria-hidden="true" focusable="false">
          <path d="M294 92a142 142 0 1 0 0 216" />
          <circle cx="330" cy="200" r="52" />
        </svg>
        <Wordmark />
        <div className="door-words">
          <p className="door-line">{t('product.line')}</p>
          <p className="door-place">{t('product.place')}</p>
        </div>
      </header>
      <main className="door-main" id="main" tabIndex={-1}>
        <div className="column">
          <Outlet />
        </div>
      </main>
    </div>
  );
}
