import fc from 'fast-check';
import { neverUsed, type Factor, type UseHistory } from './factor';
import { onTrial, type FactorPractice } from './factor-on-trial';
import { anOccasion } from './test-effects';

/** Values registered for `amr` by RFC 8176 §2. */
const registeredAmr = 'face fpt geo hwk iris kba mca mfa otp pin pop pwd rba retina sc sms swk tel user vbm wia'.split(
  ' ',
);

/** All strings that stand anywhere in a value. */
function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(stringsIn);
}

const withMore = (value: unknown): unknown => ({ ...Object(value), more: 1 });

/** The laws that every factor of the registry keeps. */
export function describeFactorLaws(factor: Factor, practice: FactorPractice): void {
  const { effects, start, overTheWire, verify, ask, rightAnswers, enrolment, setUp } = onTrial(factor, practice);
  const histories = fc
    .array(fc.nat(60_000_000), { maxLength: 30 })
    .map((accepted) => accepted.reduce<UseHistory>((history, one) => factor.remember(history, one), neverUsed));

  describe(`${factor.type} keeps the laws of factors`, () => {
    it('its material survives JSON, by its own schema', async () => {
      const { material } = await start();
      expect(factor.material.parse(JSON.parse(JSON.stringify(material)))).toEqual(material);
    });

    it('§6.11 its material is read without what a newer release adds to it', async () => {
      const { material } = await start();
      const added = Array.isArray(material) ? material.map(withMore) : withMore(material);
      expect(factor.material.parse(added)).toEqual(material);
    });

    it('every right answer matches, each with evidence of its own', async () => {
      const started = await setUp();
      const evidence = await Promise.all(
        (await rightAnswers(started)).map((answer) => verify(started.material, answer)),
      );
      const uses = evidence.map((one) => one?.use);
      expect(uses.every(Number.isSafeInteger)).toBe(true);
      expect(new Set(uses).size).toBe(uses.length);
      expect(evidence.flatMap((one) => one?.amr ?? []).filter((value) => !registeredAmr.includes(value))).toEqual([]);
    });

    it('a wrong answer, or the right one to another start, matches nothing', async () => {
      const [started, other] = [await setUp(), await setUp()];
      expect(await verify(started.material, practice.wrongAnswer(started, await ask(started)))).toBeNull();
      for (const answer of await rightAnswers(other)) {
        expect(await verify(started.material, answer)).toBeNull();
      }
    });

    it('asks for the same on the same occasion, and keeps nothing of it', async () => {
      const started = await start();
      expect(await ask(started)).toEqual(await ask(started));
    });

    it('what it sends answers the occasion that it was sent for, and no other', async () => {
      const started = await start();
      const [{ send }, elsewhere] = [await ask(started), anOccasion({ id: 'challenge-2' })];
      const ofSetUp = anOccasion({ purpose: 'set-up' });
      if (send === null) return;
      expect(await verify(started.material, { code: send.code })).not.toBeNull();
      expect(await verify(started.material, { code: send.code }, elsewhere)).toBeNull();
      expect(await verify(started.material, { code: send.code }, ofSetUp)).toBeNull();
    });

    it('a set-up is confirmed by its right answer alone, and what is kept verifies from then on', async () => {
      const started = await start();
      const wrong = practice.wrongAnswer(started, await ask(started, enrolment));
      expect(await factor.confirm(...overTheWire(started.material, wrong), enrolment, effects)).toBeNull();
      const [right] = await rightAnswers(started, enrolment);
      const confirmed = await factor.confirm(...overTheWire(started.material, right), enrolment, effects);
      if (confirmed === null) throw new Error('the right answer did not confirm');
      expect(Number.isSafeInteger(confirmed.evidence.use)).toBe(true);
      const [answer] = await rightAnswers({ ...started, material: confirmed.material });
      expect(await verify(confirmed.material, answer)).not.toBeNull();
      // A confirmation that lost a race is tried again on what it has sealed already.
      expect(await factor.confirm(...overTheWire(confirmed.material, right), enrolment, effects)).toEqual(confirmed);
    });

    it('R3: evidence is fresh once, and after it was remembered never again', async () => {
      const started = await setUp();
      for (const answer of await rightAnswers(started)) {
        const evidence = await verify(started.material, answer);
        if (evidence === null) throw new Error('a right answer did not match');
        expect(factor.isFresh(neverUsed, evidence.use)).toBe(true);
        expect(factor.isFresh(factor.remember(neverUsed, evidence.use), evidence.use)).toBe(false);
      }
    });

    it('R3: what is stale stays stale, whatever else is remembered', () => {
      fc.assert(
        fc.property(histories, fc.nat(60_000_000), fc.nat(60_000_000), (history, probe, next) => {
          const later = factor.remember(history, next);
          expect(factor.isFresh(later, next)).toBe(false);
          if (!factor.isFresh(history, probe)) expect(factor.isFresh(later, probe)).toBe(false);
        }),
      );
    });

    it('I4: hint and name hold nothing of what is secret or shown once', async () => {
      const { hint, name, material, details } = await start();
      for (const secret of stringsIn([material, details])) {
        expect(`${hint} ${name}`).not.toContain(secret);
        expect(secret).not.toContain(hint);
      }
      expect(`${hint} ${name}`).not.toContain('sam@riverside.example');
    });

    it('two starts never give the same', async () => {
      const [one, other] = [await start(), await start()];
      const shared = new Set(stringsIn(one.material));
      const given = ['sam@riverside.example', factor.identity(other.material)];
      const again = stringsIn(other.material).filter((text) => text.length > 8 && shared.has(text));
      expect(again.filter((text) => !given.includes(text))).toEqual([]);
    });

    it('no answer that its schema accepts makes it throw', async () => {
      const { material } = await setUp();
      await fc.assert(
        fc.asyncProperty(
          fc.oneof(
            fc.anything(),
            fc.record({ code: fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[0-9 -]{0,9}$/)) }),
          ),
          async (candidate) => {
            const answer = factor.answer.safeParse(candidate);
            if (answer.success) expect(await factor.verify(material, answer.data, anOccasion(), effects)).toBeNull();
          },
        ),
      );
    });

    it('its amr is registered (RFC 8176)', () => {
      expect(factor.amr.length).toBeGreaterThan(0);
      expect(factor.amr.filter((value) => !registeredAmr.includes(value))).toEqual([]);
    });

    it('fields that it does not know are refused', () => {
      expect(factor.fields.safeParse({ ...Object(practice.fields), surprise: true }).success).toBe(false);
    });
  });
}
