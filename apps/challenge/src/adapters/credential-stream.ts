import type { CallContext, ChallengeEvent, Envelope, Statement } from '@cofactor/contracts';
import {
  handleCommand,
  loadState,
  positionAt,
  type Handled,
  type Loaded,
  type Recorder,
  type SideRow,
} from '@cofactor/event-sourcing';
import { envelopeOf, OneAtATime, ownConcern, type PersonalFieldSealer } from '@cofactor/service-kit';
import { streamOf, type CredentialUse } from '../domain/credential-use';
import { credentialUse, type CredentialCommand } from '../domain/credential-use.decider';
import { streamOfSignIn, unmatchedAnswers } from '../domain/unmatched-answers';

/** The streams of how credentials were used: reads one, and runs commands on it, one at a time for each. */
export class CredentialStream {
  private readonly turns = new OneAtATime();

  constructor(
    private readonly recorder: Recorder,
    private readonly sealer: PersonalFieldSealer,
  ) {}

  load(credentialId: string): Promise<Loaded<CredentialUse>> {
    return loadState(this.recorder.store, credentialUse, streamOf(credentialId));
  }

  /** The position of a write that was answered before: where the stream stands now includes it. */
  async positionOf(credentialId: string): Promise<string> {
    const { version } = await this.load(credentialId);
    return positionAt(this.recorder.store, streamOf(credentialId), version);
  }

  /** What stands around every fact that this call causes. */
  envelopeOf(statement: Statement, context: CallContext): Promise<Envelope> {
    return envelopeOf(this.sealer, context, ownConcern(statement));
  }

  /** `prepare` runs again on a newer state when another command came first; `sideRows` are committed with the events. */
  async run(
    credentialId: string,
    statement: Statement,
    context: CallContext,
    prepare: (use: CredentialUse) => CredentialCommand | Promise<CredentialCommand>,
    sideRows: (events: readonly ChallengeEvent[], use: CredentialUse) => readonly SideRow[] = () => [],
  ): Promise<Handled<CredentialUse, ChallengeEvent>> {
    const envelope = await this.envelopeOf(statement, context);
    const stream = streamOf(credentialId);
    return this.turns.run(stream, () =>
      handleCommand(
        this.recorder,
        credentialUse,
        stream,
        prepare,
        () => envelope,
        (events, use) => ({ sideRows: sideRows(events, use) }),
      ),
    );
  }

  /** Records an answer that no challenge of its sign-in waited for. */
  async refuseUnmatched(statement: Statement, context: CallContext, sideRows: readonly SideRow[]): Promise<void> {
    const envelope = await this.envelopeOf(statement, context);
    const signInId = statement.authority.id;
    const stream = streamOfSignIn(signInId);
    const besides = () => ({ sideRows });
    await this.turns.run(stream, () =>
      handleCommand(
        this.recorder,
        unmatchedAnswers,
        stream,
        () => ({ signInId }),
        () => envelope,
        besides,
      ),
    );
  }
}
