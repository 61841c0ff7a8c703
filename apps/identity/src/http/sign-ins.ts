import {
  DomainError,
  type CallContext,
  type HandlersOf,
  type identityOperations,
  type Next,
  type Proof,
  type Statement,
} from '@cofactor/contracts';
import { handleCommand, loadState, type Recorder } from '@cofactor/event-sourcing';
import type { IdempotencyKeys, Remember } from '@cofactor/event-store';
import { recoveryCodeKind } from '@cofactor/policy';
import { newId, type PersonalFieldSealer, type Signer, type Verifier } from '@cofactor/service-kit';
import {
  closedSignInRow,
  elevatedSessionRow,
  newToken,
  openSignInRow,
  secondFactorProvenRow,
  type Access,
  type Caller,
} from '../adapters/access';
import type { KnownPerson } from '../adapters/directory';
import { noWayIn, type Needs } from '../adapters/needs';
import type { PasswordCheck } from '../adapters/password-check';
import { personEnvelope } from '../adapters/person-envelope';
import type { SessionOpener } from '../adapters/session-opener';
import { session, type SessionCommand } from '../domain/session';
import { signIn, type SignInCommand, type SignInEvent } from '../domain/sign-in';

type Handlers = HandlersOf<typeof identityOperations>;
type OpenSignIn = Extract<Caller, { kind: 'sign-in' }>;
type OpenSession = Extract<Caller, { kind: 'session' }>;

export interface SignInParts {
  readonly recorder: Recorder;
  readonly access: Access;
  readonly needs: Needs;
  readonly passwordCheck: PasswordCheck;
  readonly opener: SessionOpener;
  readonly keys: IdempotencyKeys;
  readonly sealer: PersonalFieldSealer;
  readonly signer: Signer;
  readonly verifier: Verifier;
  readonly randomBytes: (length: number) => Uint8Array;
  readonly emailIndex: (email: string) => string;
}

/** Long enough to fetch a phone and set an app up. */
const secondsToFinish = 900;

/** From the typed password to the session. */
export class SignIns implements Pick<Handlers, 'startSignIn' | 'readSignIn' | 'acceptProof'> {
  constructor(private readonly parts: SignInParts) {}

  readonly startSignIn: Handlers['startSignIn'] = async (request, context) => {
    const { keys, passwordCheck, needs, emailIndex } = this.parts;
    const keyed = { context, scope: keys.sourceScope(context), operation: 'startSignIn', body: request };
    const index = emailIndex(request.email);
    const check = (remember: Remember) => passwordCheck.byEmail(index, request.password, context, remember);
    const work = async (remember: Remember) => {
      const checked = await check(remember);
      if (!checked.right) throw checked.refusal;
      const next = await needs.requirement(checked.person, [], context);
      if (next.step === 'no-way-in') {
        await passwordCheck.recordNoWayIn(index, checked.person, context);
        throw noWayIn();
      }
      return this.start(checked.person, next, context, remember);
    };
    return keys.once(keyed, work, async () => {
      const checked = await check(() => []);
      if (!checked.right && checked.refusal.code === 'too-many-attempts') throw checked.refusal;
    });
  };

  readonly readSignIn: Handlers['readSignIn'] = async ({ token, signInId }, context) => {
    const caller = await this.parts.access.find(token, this.parts.recorder.now());
    if (!caller) throw new DomainError('not-signed-in');
    if (caller.kind === 'session') return this.readCompleted(caller.personId, signInId);
    if (caller.signInId !== signInId) throw new DomainError('not-found');
    return { signInId, next: await this.parts.needs.next(caller, caller.proven, context) };
  };

  /** A finished sign-in, read with the session that it opened. */
  private async readCompleted(personId: string, signInId: string) {
    const { state } = await loadState(this.parts.recorder.store, signIn, `sign-in-${signInId}`);
    if (state.status !== 'completed' || state.personId !== personId) throw new DomainError('not-found');
    return { signInId, next: { step: 'completed' } as const };
  }

  readonly acceptProof: Handlers['acceptProof'] = async ({ token, proof: signed }, context) => {
    const { access, keys, recorder, verifier } = this.parts;
    const caller = await access.find(token, recorder.now());
    if (!caller) throw new DomainError('not-signed-in');
    const scope = caller.kind === 'sign-in' ? caller.signInId : caller.sessionId;
    return keys.once({ context, scope, operation: 'acceptProof', body: { signed } }, async (remember) => {
      const proof = await verifier.proof(signed, recorder.now());
      if (caller.kind === 'sign-in') return this.finish(caller, proof, context, remember);
      return this.elevate(caller, proof, context, remember);
    });
  };

  private async start(person: KnownPerson, next: Next, context: CallContext, remember: Remember) {
    const { recorder, opener } = this.parts;
    const [at, signInId] = [recorder.now(), newId()];
    const envelope = await personEnvelope(this.parts.sealer, context, person);
    const expiresAt = new Date(at.getTime() + secondsToFinish * 1000).toISOString();
    const opened = next.step === 'completed' ? await opener.prepare(person, at.toISOString(), context) : null;
    const token = opened?.token ?? newToken('sign-in', this.parts.randomBytes);
    const { position } = await handleCommand(
      recorder,
      signIn,
      `sign-in-${signInId}`,
      (): SignInCommand => ({
        kind: 'start',
        signInId,
        personId: person.personId,
        expiresAt,
        at,
        next: next.step,
        completeWith: opened?.sessionId ?? null,
      }),
      () => envelope,
      (events) => {
        const besides = opened?.besides(assuranceOf(events)) ?? {
          streams: [],
          sideRows: [
            openSignInRow({ token, signInId, personId: person.personId, startedAt: at.toISOString(), expiresAt }),
          ],
        };
        return { streams: besides.streams, sideRows: [...besides.sideRows, ...remember({ kind: 'secret' })] };
      },
    );
    return { signInId, token, next, positions: [position] };
  }

  private async finish(caller: OpenSignIn, proof: Proof, context: CallContext, remember: Remember) {
    const { recorder, needs, opener } = this.parts;
    const { signInId } = caller;
    const next = await needs.afterSecondFactor(caller, [...caller.proven, proof.factorType], context);
    const at = recorder.now();
    const envelope = await personEnvelope(this.parts.sealer, context, caller);
    const opened = next.step === 'completed' ? await opener.prepare(caller, caller.startedAt, context) : null;
    const { position } = await handleCommand(
      recorder,
      signIn,
      `sign-in-${signInId}`,
      (): SignInCommand => ({ kind: 'accept-proof', signInId, proof, at, completeWith: opened?.sessionId ?? null }),
      () => envelope,
      (events) => {
        if (!opened)
          return { sideRows: [secondFactorProvenRow(signInId, proof.factorType), ...remember({ kind: 'secret' })] };
        const { streams, sideRows } = opened.besides(assuranceOf(events));
        return { streams, sideRows: [closedSignInRow(signInId), ...sideRows, ...remember({ kind: 'secret' })] };
      },
    );
    const replacement = await this.replacementOf(caller, proof);
    return { token: opened?.token ?? null, next, replacement, positions: [position] };
  }

  /** Identity's word that the single recovery code was used and is to be replaced (PRODUCT HE4). */
  private async replacementOf({ personId, policies, signInId }: OpenSignIn, proof: Proof): Promise<string | null> {
    if (proof.factorType !== 'recovery-code' || recoveryCodeKind(policies) !== 'single') return null;
    const { recorder, signer } = this.parts;
    const statement: Statement = {
      permission: 'replace-recovery-code',
      personId,
      authority: { kind: 'sign-in', id: signInId },
      policies: [...policies],
      assurance: null,
      credentialId: proof.credentialId,
      organisationId: null,
    };
    return signer.statement(statement, 'factor-enrollment', recorder.now());
  }

  private async elevate(caller: OpenSession, proof: Proof, context: CallContext, remember: Remember) {
    const { recorder } = this.parts;
    const { sessionId } = caller;
    const token = newToken('session', this.parts.randomBytes);
    const at = recorder.now();
    const envelope = await personEnvelope(this.parts.sealer, context, caller);
    const { events, position } = await handleCommand(
      recorder,
      session,
      `session-${sessionId}`,
      (): SessionCommand => ({ kind: 'elevate', sessionId, proof, at }),
      () => envelope,
      (_events, state) => ({
        sideRows: [
          ...(state.status === 'active' ? [elevatedSessionRow(token, sessionId, state.assurance)] : []),
          ...remember({ kind: 'secret' }),
        ],
      }),
    );
    return { token: events.length > 0 ? token : null, next: { step: 'completed' as const }, positions: [position] };
  }
}

function assuranceOf(events: readonly SignInEvent[]) {
  const completed = events.find((event) => event.type === 'sign-in.completed');
  if (completed?.type !== 'sign-in.completed') throw new Error('a session is opened by a completed sign-in only');
  return completed.data.assurance;
}
