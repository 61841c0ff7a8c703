import type { Assurance, CallContext } from '@cofactor/contracts';
import { streamAppend, type Recorder, type SideRow, type StreamAppend } from '@cofactor/event-sourcing';
import { strictest } from '@cofactor/policy';
import { networkOf, newId, type PersonalFieldSealer } from '@cofactor/service-kit';
import { session } from '../domain/session';
import { newToken, sessionRow } from './access';
import type { KnownPerson } from './directory';
import { personEnvelope } from './person-envelope';

/** A session that is ready to be committed with the sign-in that it ends. */
export interface PreparedSession {
  readonly sessionId: string;
  readonly token: string;
  readonly besides: (assurance: Assurance) => {
    readonly streams: readonly StreamAppend[];
    readonly sideRows: readonly SideRow[];
  };
}

/** Prepares sessions with the strictest limits of the person's practices (HE12, R20). */
export class SessionOpener {
  constructor(
    private readonly recorder: Recorder,
    private readonly sealer: PersonalFieldSealer,
    private readonly randomBytes: (length: number) => Uint8Array,
    private readonly networkIndex: (personId: string, network: string) => string,
  ) {}

  async prepare(person: KnownPerson, passwordProvenAt: string, context: CallContext): Promise<PreparedSession> {
    const { recorder } = this;
    const sessionId = newId();
    const token = newToken('session', this.randomBytes);
    const limits = strictest(person.policies).session;
    const startedAt = recorder.now();
    const expiresAt = new Date(startedAt.getTime() + limits.absolute * 1000).toISOString();
    const envelope = await personEnvelope(this.sealer, context, person);
    const sealedSource = await this.sealer.seal(person.personId, context.source);
    const { personId } = person;
    return {
      sessionId,
      token,
      besides: (assurance) => {
        const fresh = { version: 0, state: session.initialState };
        const events = session.decide(fresh.state, { kind: 'start', sessionId, personId, assurance, expiresAt });
        const { append } = streamAppend(recorder, session, `session-${sessionId}`, fresh, events, () => envelope);
        const row = {
          sessionId,
          personId,
          assurance,
          passwordProvenAt,
          startedAt: startedAt.toISOString(),
          expiresAt,
          idleSeconds: limits.idle,
          sealedSource,
          networkIndex: this.networkIndex(personId, networkOf(context.source.ip)),
        };
        return { streams: [append], sideRows: [sessionRow(token, row)] };
      },
    };
  }
}
