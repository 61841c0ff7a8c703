import { useEffect, useRef } from 'react';
import { t } from '../words/words';

/** The heading of a page: names the document, and takes the focus when the page is entered. */
export function PageHeading({ children }: { readonly children: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = t('page.title', { page: children });
    heading.current?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, [children]);
  return (
    <h1 className="page-heading" tabIndex={-1} ref={heading}>
      {children.split(/(\S+-\S+)/).map((part, index) => (
        // Odd parts are the words with a hyphen, such as "two-factor": not to be broken over two lines.
        <span className={index % 2 === 1 ? 'unbroken' : undefined} key={index}>
          {part}
        </span>
      ))}
    </h1>
  );
}
