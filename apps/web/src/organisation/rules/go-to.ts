import type { MouseEvent } from 'react';

/** Shows a part of the same page, and puts the focus there; the address stays as it is. */
export function goTo(event: MouseEvent, id: string): void {
  event.preventDefault();
  const part = document.getElementById(id);
  part?.focus({ preventScroll: true });
  part?.scrollIntoView({ block: 'start' });
}
