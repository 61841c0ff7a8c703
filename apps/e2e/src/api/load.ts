import { publicApi } from '@cofactor/contracts';
import type { Installation } from '../installation';
import { Databases } from './databases';
import { expectFactsRecordedOnce } from './facts-and-records';
import { answer, challenge, enrolledManager, offered, startSignIn, typePassword, type Manager } from './practice';
import { Program, type Reply } from './program';

/** A person, and a code that signs them in once. */
export interface Try {
  readonly manager: Manager;
  readonly code: string;
}

export interface Load {
  /** What was answered, over all workers. */
  readonly replies: Reply[];
  /** Sign-ins that were answered 200, with the credential and code that passed. */
  readonly passed: { readonly signInId: string; readonly attempt: Try }[];
  /** Codes of which nobody knows whether they passed. */
  readonly unknown: Try[];
}

/** People with recovery codes, each code to be used once. */
export async function peopleWithCodes(program: Program, count: number): Promise<Try[]> {
  const people = await Promise.all(Array.from({ length: count }, () => enrolledManager(program)));
  const codes = Array.from({ length: 10 }, (_, index) => index);
  return codes.flatMap((index) =>
    people.map(({ manager, recoveryCodes }) => ({ manager, code: recoveryCodes[index] ?? '' })),
  );
}

/** Workers sign in, six if not told otherwise, each with the next code, until none is left or `stopped`. Broken connections are expected. */
export async function signInAll(
  programs: readonly Program[],
  tries: Try[],
  load: Load,
  stopped: () => boolean = () => false,
  workers = 6,
): Promise<void> {
  const worker = async (_nothing: unknown, index: number) => {
    const program = programs[index % programs.length];
    while (!stopped()) {
      const attempt = tries.shift();
      if (!attempt || !program) return;
      let answering = false;
      try {
        const begun = await typePassword(program, attempt.manager);
        load.replies.push(begun);
        if (begun.status !== 201) throw new Error(begun.text);
        const { signInId, token = '', next } = begun.as(publicApi.startSignIn);
        const path = await challenge(
          program,
          { signInId, token, next },
          offered({ signInId, token, next }, 'recovery-code'),
        );
        answering = true;
        const reply = await program.post(path, { code: attempt.code }, { token });
        load.replies.push(reply);
        if (reply.status === 200) load.passed.push({ signInId, attempt });
        else load.unknown.push(attempt);
      } catch {
        if (answering) load.unknown.push(attempt);
        else tries.push(attempt);
      }
    }
  };
  await Promise.all(Array.from({ length: workers }, worker));
}

export const emptyLoad = (): Load => ({ replies: [], passed: [], unknown: [] });

/** Nothing lost, nothing doubled, and nobody in who should not be. */
export async function expectSoundAfter(installation: Installation, load: Load): Promise<void> {
  const program = new Program(installation.url);
  const databases = await Databases.open(installation);
  try {
    for (const attempt of load.unknown) {
      const again = await answer(program, await startSignIn(program, attempt.manager), 'recovery-code', attempt.code);
      expect(['200', '401 code-already-used']).toContain(again.outcome);
    }
    await expectFactsRecordedOnce(databases);
    const passes = await databases.rows<{ uses: number; signins: string[] }>(
      'challenge',
      `SELECT count(*)::int AS uses, array_agg(data->>'signInId') AS signins FROM events
       WHERE type = 'challenge.passed' GROUP BY stream, data->>'evidence'`,
    );
    expect(passes.filter(({ uses }) => uses !== 1)).toEqual([]);
    const passedSignIns = new Set(passes.flatMap(({ signins }) => signins));
    const completed = await databases.rows<{ id: string; times: number }>(
      'identity',
      `SELECT data->>'signInId' AS id, count(*)::int AS times FROM events
       WHERE type = 'sign-in.completed' AND data->'proof' <> 'null' GROUP BY 1`,
    );
    expect(completed.filter(({ id, times }) => times !== 1 || !passedSignIns.has(id))).toEqual([]);
    const ids = new Set(completed.map(({ id }) => id));
    expect(load.passed.filter(({ signInId }) => !ids.has(signInId))).toEqual([]);
  } finally {
    await databases.close();
  }
}
