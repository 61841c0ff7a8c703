import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { topology } from '../installation';
import type { WatchedPage } from './chromium';

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const looks = [
  { width: 1280, colorScheme: 'light' },
  { width: 1280, colorScheme: 'dark' },
  { width: 320, colorScheme: 'dark' },
] as const;

/** The pages are the same files in either topology: all looks are examined in one process, the narrow one in both. */
const examined = looks.slice(topology === 'services' ? -1 : 0);

/** What is wrong with a page in each of its looks, as axe and a ruler find it. */
export async function examine(watched: WatchedPage, name: string): Promise<string[]> {
  const findings: string[] = [];
  for (const { width, colorScheme } of examined) {
    await watched.page.setViewportSize({ width, height: 800 });
    await watched.page.emulateMedia({ colorScheme });
    const found = await examineOnce(watched);
    findings.push(...found.map((finding) => `${name}, ${width} px, ${colorScheme}: ${finding}`));
  }
  return findings;
}

/** Colours that are still on their way from one look to the next have a contrast of no meaning. */
const transitionsOver = `Promise.all(
  document.getAnimations()
    .filter((animation) => animation instanceof CSSTransition)
    .map((transition) => transition.finished.catch(() => undefined)))`;

async function examineOnce(watched: WatchedPage): Promise<string[]> {
  await watched.page.evaluate(transitionsOver);
  // Every rule runs; only what it passed is not listed element by element.
  const axe = new AxeBuilder({ page: watched.page }).options({ resultTypes: ['violations'] }).withTags(rules);
  // Our pages have no frames, whose findings would have to be put together in a page of their own.
  const { violations } = await axe.setLegacyMode().analyze();
  const overflow = await watched.overflow();
  return [
    ...violations.map(({ id, nodes }) => `${id} at ${nodes[0]?.target.join(' ')}`),
    ...(overflow > 0 ? [`${overflow} px wider than the window`] : []),
    ...(await smallTargets(watched.page)).map((target) => `${target} is smaller than 44 px`),
  ];
}

/** Controls that a finger might miss; links inside a sentence are exempt (2.5.8). */
async function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`
    [...document.querySelectorAll('button:not([aria-label=Dismiss]), a.button, nav a, input:not([tabindex="-1"]), label:has(input)')]
      .filter((element) => !element.matches('[type=radio], [type=checkbox]'))
      .map((element) => [element, element.getBoundingClientRect()])
      .filter(([, { width, height }]) => width > 1 && height > 1 && (width < 44 || height < 44))
      .map(([element, { width, height }]) => element.textContent + ' ' + Math.round(width) + 'x' + Math.round(height))
  `);
}
