import { DomainError, type CallContext, type HandlersOf, type identityOperations } from '@cofactor/contracts';
import { handleCommand, type Recorder } from '@cofactor/event-sourcing';
import type { PersonalFieldSealer } from '@cofactor/service-kit';
import { z } from 'zod';
import { closedSignInRow, endedSessionRow, type Access, type Caller, type Session } from '../adapters/access';
import type { Directory } from '../adapters/directory';
import type { Needs } from '../adapters/needs';
import { personEnvelope } from '../adapters/person-envelope';
import { requireSecondFactor, signedIn, type SignedIn } from '../adapters/signed-in';
import { session, type SessionCommand } from '../domain/session';
import { signIn, type SignInCommand } from '../domain/sign-in';

type Handlers = HandlersOf<typeof identityOperations>;
type OpenSignIn = Extract<Caller, { kind: 'sign-in' }>;

export interface SessionParts {
  readonly recorder: Recorder;
  readonly access: Access;
  readonly directory: Directory;
  readonly needs: Needs;
  readonly sealer: PersonalFieldSealer;
  readonly openFields: (personId: string, sealed: string) => Promise<unknown>;
  readonly openName: (personId: string, sealed: string) => Promise<string>;
  readonly emailOf: (personId: string) => Promise<string | null>;
}

const sourceSchema = z.object({ ip: z.string(), userAgent: z.string().nullable() });

/** Who is signed in where, and the end of it. */
export class Sessions implements Pick<Handlers, 'readSession' | 'listSessions' | 'endSession' | 'readMe'> {
  constructor(private readonly parts: SessionParts) {}

  readonly readSession: Handlers['readSession'] = async ({ token }, context) => {
    const caller = await signedIn(this.parts, token, context);
    const idleExpiresAt = new Date(Date.parse(caller.lastSeenAt) + caller.idleSeconds * 1000).toISOString();
    return {
      sessionId: caller.sessionId,
      personId: caller.personId,
      organisations: caller.memberships.map(({ organisationId, name, roles }) => ({ organisationId, name, roles })),
      installationRoles: [
        ...(caller.isOperator ? ['operator' as const] : []),
        ...(caller.isSupport ? ['support' as const] : []),
      ],
      assurance: caller.assurance,
      expiresAt: caller.expiresAt,
      idleExpiresAt: earlier(caller.expiresAt, idleExpiresAt),
    };
  };

  readonly listSessions: Handlers['listSessions'] = async ({ token }, context) => {
    const caller = await signedIn(this.parts, token, context);
    const sessions = await this.parts.access.sessionsOf(caller.personId, this.parts.recorder.now());
    return { sessions: await Promise.all(sessions.map((held) => this.summary(held, caller.sessionId))) };
  };

  readonly endSession: Handlers['endSession'] = async ({ token, sessionId }, context) => {
    const { access, recorder } = this.parts;
    const caller = await access.find(token, recorder.now());
    if (!caller) throw new DomainError('not-signed-in');
    if (caller.kind === 'sign-in') {
      if (sessionId !== null) throw new DomainError('not-found');
      return { positions: [await this.cancel(caller, context)] };
    }
    const target = sessionId ?? caller.sessionId;
    const own = await access.sessionsOf(caller.personId, recorder.now());
    if (!own.some((held) => held.sessionId === target)) throw new DomainError('not-found');
    if (target !== caller.sessionId) await requireSecondFactor(this.parts, caller, context);
    return { positions: [await this.end(caller, target, context)] };
  };

  readonly readMe: Handlers['readMe'] = async ({ token }, context) => {
    const caller = await signedIn(this.parts, token, context);
    const row = await this.parts.directory.personRow(caller.personId);
    const email = await this.parts.emailOf(caller.personId);
    if (!row || email === null) throw new DomainError('not-found');
    return { personId: caller.personId, name: await this.parts.openName(caller.personId, row.sealedName), email };
  };

  /** Signing out in the middle of a sign-in ends the sign-in. */
  private async cancel(caller: OpenSignIn, context: CallContext): Promise<string> {
    const { recorder, sealer } = this.parts;
    const { signInId } = caller;
    const envelope = await personEnvelope(sealer, context, caller);
    const { position } = await handleCommand(
      recorder,
      signIn,
      `sign-in-${signInId}`,
      (): SignInCommand => ({ kind: 'cancel', signInId }),
      () => envelope,
      () => ({ sideRows: [closedSignInRow(signInId)] }),
    );
    return position;
  }

  private async end(caller: SignedIn, sessionId: string, context: CallContext): Promise<string> {
    const { recorder, sealer } = this.parts;
    const envelope = await personEnvelope(sealer, context, caller);
    const reason = sessionId === caller.sessionId ? 'signed-out' : 'ended-from-another-session';
    const { position } = await handleCommand(
      recorder,
      session,
      `session-${sessionId}`,
      (): SessionCommand => ({ kind: 'end', sessionId, reason }),
      () => envelope,
      () => ({ sideRows: [endedSessionRow(sessionId)] }),
    );
    return position;
  }

  private async summary(held: Session, currentId: string) {
    const opened = sourceSchema.safeParse(await this.parts.openFields(held.personId, held.sealedSource));
    return {
      sessionId: held.sessionId,
      current: held.sessionId === currentId,
      startedAt: held.startedAt,
      lastSeenAt: held.lastSeenAt,
      level: held.assurance.level,
      ip: opened.success ? opened.data.ip : null,
      userAgent: opened.success ? opened.data.userAgent : null,
    };
  }
}

const earlier = (one: string, other: string): string => (one < other ? one : other);
