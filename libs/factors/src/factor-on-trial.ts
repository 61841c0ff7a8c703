import type { Asked, Factor, Occasion, StartedFactor } from './factor';
import { anOccasion, testEffects } from './test-effects';

/** How the laws use one factor: they know nothing of what its answers look like. */
export interface FactorPractice {
  /** Fields that a person may fill in at the start. */
  readonly fields: unknown;
  /** Different right answers to what was just started and asked, at the instant `now`. */
  readonly rightAnswers: (started: StartedFactor<unknown>, now: Date, asked: Asked) => readonly unknown[];
  /** Well-formed, but not what was started and asked. */
  readonly wrongAnswer: (started: StartedFactor<unknown>, asked: Asked) => unknown;
  /** For how long from `now` on the last right answer matches; null where its challenge alone ends it. */
  readonly secondsOfItsOwn: number | null;
}

/** One factor as a service uses it, for laws that know nothing of its answers. */
export function onTrial(factor: Factor, practice: FactorPractice) {
  const { effects } = testEffects();
  const start = () =>
    factor.start(
      {
        fields: factor.fields.parse(practice.fields),
        accountLabel: 'sam@riverside.example',
        personId: 'sam',
        count: 3,
        held: () => Promise.resolve([]),
      },
      effects,
    );
  /** What the vault gave back and what came over the wire are both parsed. */
  const overTheWire = (material: unknown, answer: unknown) =>
    [
      factor.material.parse(JSON.parse(JSON.stringify(material))),
      factor.answer.parse(JSON.parse(JSON.stringify(answer))),
    ] as const;
  const verify = (material: unknown, answer: unknown, occasion: Occasion = anOccasion(), now: Date = effects.now) =>
    factor.verify(...overTheWire(material, answer), occasion, { ...effects, now });
  const ask = ({ material }: StartedFactor<unknown>, occasion = anOccasion()) =>
    factor.ask(material, occasion, effects);
  const rightAnswers = async (started: StartedFactor<unknown>, occasion = anOccasion()) =>
    practice.rightAnswers(started, effects.now, await ask(started, occasion));
  const enrolment = anOccasion({ purpose: 'set-up', id: 'enrolment-1' });
  /** What was started, with the material that its confirmation left. */
  const setUp = async () => {
    const started = await start();
    const [right] = await rightAnswers(started, enrolment);
    const confirmed = await factor.confirm(...overTheWire(started.material, right), enrolment, effects);
    if (confirmed === null) throw new Error('the right answer did not confirm');
    return { ...started, material: confirmed.material };
  };
  return { effects, start, overTheWire, verify, ask, rightAnswers, enrolment, setUp };
}
