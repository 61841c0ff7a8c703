import { neverUsed, type Evidence, type Factor } from './factor';
import { onTrial, type FactorPractice } from './factor-on-trial';
import { anOccasion } from './test-effects';

type Path = readonly string[];

/** Where the texts stand in a value. */
function textsIn(value: unknown, path: Path = []): Path[] {
  if (typeof value === 'string') return [path];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => textsIn(inner, [...path, key]));
}

const memberOf = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? new Map(Object.entries(value)).get(key) : undefined;

/** The same value with something else in one place. */
function withAt(value: unknown, [key, ...rest]: Path, other: unknown): unknown {
  if (key === undefined) return other;
  const inner = memberOf(value, key);
  return Array.isArray(value)
    ? value.with(Number(key), withAt(inner, rest, other))
    : { ...Object(value), [key]: withAt(inner, rest, other) };
}

const codeIn = (answer: unknown): string | null => {
  const code = memberOf(answer, 'code');
  return typeof code === 'string' ? code : null;
};

/** The zeros of Arabic-Indic, Extended Arabic-Indic (Persian, Urdu), Devanagari and full-width digits. */
const zeros = ['\u0660', '\u06f0', '\u0966', '\uff10'];
const inDigitsOf = (zero: string, code: string): string =>
  code.replace(/\d/g, (digit) => String.fromCodePoint((zero.codePointAt(0) ?? 0) + Number(digit)));

/** What no factor of the registry falls for, whatever its answers look like. */
export function describeFactorAbuse(factor: Factor, practice: FactorPractice): void {
  const { effects, start, verify, rightAnswers, enrolment, setUp } = onTrial(factor, practice);
  const at = (seconds: number) => new Date(effects.now.getTime() + seconds * 1000);
  /** Right answers to a set-up and to a challenge, as their schema reads them. */
  const bothAnswers = async (): Promise<readonly unknown[]> => {
    const [toSetUp] = await rightAnswers(await start(), enrolment);
    const [toChallenge] = await rightAnswers(await setUp());
    return [toSetUp, toChallenge].map((answer) => factor.answer.parse(answer));
  };
  const accepts = (answer: unknown): boolean => factor.answer.safeParse(answer).success;

  describe(`${factor.type} stands abuse`, () => {
    it('refuses what is malformed before anything is compared', async () => {
      for (const right of await bothAnswers()) {
        expect(accepts(right)).toBe(true);
        for (const answer of [null, undefined, '', 7, [], {}, [right], { ...Object(right), surprise: 1 }]) {
          expect(accepts(answer)).toBe(false);
        }
        for (const place of textsIn(right)) {
          for (const other of [7, true, {}, [[]]]) expect(accepts(withAt(right, place, other))).toBe(false);
        }
      }
    });

    it('refuses what is too long, in each of its texts', async () => {
      for (const right of await bothAnswers()) {
        const places = textsIn(right);
        expect(places).not.toEqual([]);
        for (const place of places) expect(accepts(withAt(right, place, '7'.repeat(40_000)))).toBe(false);
      }
    });

    it('understands a code in the digits of any keyboard as the same one; who takes no code takes none', async () => {
      const started = await setUp();
      for (const answer of await rightAnswers(started)) {
        const code = codeIn(answer);
        if (code === null) {
          expect(accepts({ code: inDigitsOf('\u0660', '123456') })).toBe(false);
          continue;
        }
        const usual = await verify(started.material, answer);
        expect(usual).not.toBeNull();
        for (const zero of zeros) {
          expect(await verify(started.material, { code: inDigitsOf(zero, code) })).toEqual(usual);
        }
      }
    });

    it('R11: is right to the end of its own time, where it has one, and not a millisecond longer', async () => {
      const started = await setUp();
      const last = (await rightAnswers(started)).at(-1);
      const { secondsOfItsOwn } = practice;
      const matchesAfter = async (seconds: number) =>
        (await verify(started.material, last, anOccasion(), at(seconds))) !== null;
      expect(await matchesAfter((secondsOfItsOwn ?? 3_600) - 0.001)).toBe(true);
      if (secondsOfItsOwn !== null) expect(await matchesAfter(secondsOfItsOwn)).toBe(false);
    });

    it('R3: lets nothing be spent twice by a clock that is moved back', async () => {
      const started = await setUp();
      const answers = await rightAnswers(started);
      const spent = (await Promise.all(answers.map((answer) => verify(started.material, answer)))).filter(
        (evidence): evidence is Evidence => evidence !== null,
      );
      expect(spent).toHaveLength(answers.length);
      const history = spent.reduce((known, { use }) => factor.remember(known, use), neverUsed);
      for (const seconds of [-1, -30, -3_600]) {
        for (const answer of answers) {
          const again = await verify(started.material, answer, anOccasion(), at(seconds));
          expect(again !== null && factor.isFresh(history, again.use)).toBe(false);
        }
      }
    });
  });
}
