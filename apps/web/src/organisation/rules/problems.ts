import { Refusal } from '../../api/problem';
import type { Setting } from './rules';

/** What is wrong with rules, by the setting at which it is mended. */
export type RuleProblems = ReadonlyMap<string, string>;

export const noProblems: RuleProblems = new Map();

/** The setting that a pointer of a refusal lies in: `/policy/session/idle` is `session.idle`. */
function settingAt(pointer: string, settings: readonly Setting[]): Setting | undefined {
  const path = pointer.replace(/^\/policy\//, '').replaceAll('/', '.');
  return settings.find((setting) => path === setting || path.startsWith(`${setting}.`));
}

/** The sentences of a refusal by their settings; none for any other trouble. */
export function ruleProblemsOf(error: unknown, settings: readonly Setting[]): RuleProblems {
  if (!(error instanceof Refusal)) return noProblems;
  const found = new Map<string, string>();
  for (const { pointer, detail } of error.problem.errors ?? []) {
    const setting = settingAt(pointer, settings);
    if (setting !== undefined && !found.has(setting)) found.set(setting, detail);
  }
  return found;
}
