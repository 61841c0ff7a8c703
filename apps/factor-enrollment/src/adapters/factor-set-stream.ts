import type { CallContext, Envelope, FactorEnrollmentEvent, Statement } from '@cofactor/contracts';
import {
  handleCommand,
  loadState,
  loadStates,
  positionAt,
  type Handled,
  type Recorder,
  type SideRow,
} from '@cofactor/event-sourcing';
import { envelopeOf, OneAtATime, ownConcern, type PersonalFieldSealer } from '@cofactor/service-kit';
import { emptyFactorSet, streamOf, type FactorSet } from '../domain/factor-set';
import { factorSet, type FactorSetCommand } from '../domain/factor-set.decider';
import { releasedClaims } from './credential-claims';

/** The streams of what people hold: reads one, and runs a person's commands on it. */
export class FactorSetStream {
  private readonly turns = new OneAtATime();

  constructor(
    private readonly recorder: Recorder,
    private readonly sealer: PersonalFieldSealer,
  ) {}

  async load(personId: string): Promise<FactorSet> {
    return (await loadState(this.recorder.store, factorSet, streamOf(personId))).state;
  }

  /** The position of a write that was answered before: where the stream stands now includes it. */
  async positionOf(personId: string): Promise<string> {
    const { version } = await loadState(this.recorder.store, factorSet, streamOf(personId));
    return positionAt(this.recorder.store, streamOf(personId), version);
  }

  /** What stands around every fact that this call causes. */
  envelopeOf(statement: Statement, context: CallContext): Promise<Envelope> {
    return envelopeOf(this.sealer, context, ownConcern(statement));
  }

  /** Of many people, in the order in which they are named. */
  async loadMany(
    personIds: readonly string[],
  ): Promise<ReadonlyArray<{ readonly personId: string; readonly set: FactorSet }>> {
    const sets = await loadStates(this.recorder.store, factorSet, personIds.map(streamOf));
    return personIds.map((personId, index) => ({ personId, set: sets[index] ?? emptyFactorSet }));
  }

  /** `prepare` runs again on a newer state when another command came first; `sideRows` are committed with the events. */
  async run(
    statement: Statement,
    context: CallContext,
    prepare: (set: FactorSet) => FactorSetCommand | Promise<FactorSetCommand>,
    sideRows: (events: readonly FactorEnrollmentEvent[]) => readonly SideRow[] = () => [],
  ): Promise<Handled<FactorSet, FactorEnrollmentEvent>> {
    return this.runIn(statement.personId, await this.envelopeOf(statement, context), prepare, sideRows);
  }

  /** The same for what nobody states any more: the end of a flow that was recorded before. */
  runIn(
    personId: string,
    envelope: Envelope,
    prepare: (set: FactorSet) => FactorSetCommand | Promise<FactorSetCommand>,
    sideRows: (events: readonly FactorEnrollmentEvent[]) => readonly SideRow[] = () => [],
  ): Promise<Handled<FactorSet, FactorEnrollmentEvent>> {
    const stream = streamOf(personId);
    return this.turns.run(stream, () =>
      handleCommand(
        this.recorder,
        factorSet,
        stream,
        prepare,
        () => envelope,
        (events) => ({ sideRows: [...releasedClaims(events), ...sideRows(events)] }),
      ),
    );
  }
}
