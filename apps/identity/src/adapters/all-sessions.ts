import { DomainError, type Envelope } from '@cofactor/contracts';
import { handleCommand, type Recorder } from '@cofactor/event-sourcing';
import { session, type AllEnding, type SessionCommand } from '../domain/session';
import { signIn, type SignInCommand } from '../domain/sign-in';
import { closedSignInRow, endedSessionRow, type Access } from './access';

/** Every session of someone, and every sign-in under way: all end with a reset, a report of a change, or the last practice. */
export class AllSessions {
  constructor(
    private readonly access: Access,
    private readonly recorder: Recorder,
  ) {}

  /** Ends what was opened by then; what is newer stands on what came after it. Doing it again changes nothing. */
  async endThoseOf(personId: string, openedBy: string, envelope: Envelope, reason: AllEnding): Promise<void> {
    for (const { signInId } of await this.access.openSignInsOf(personId, openedBy)) {
      await this.cancel(signInId, envelope);
    }
    const held = await this.access.sessionsOf(personId, this.recorder.now());
    const ending = held.filter(({ startedAt }) => Date.parse(startedAt) <= Date.parse(openedBy));
    for (const { sessionId } of ending) {
      await handleCommand(
        this.recorder,
        session,
        `session-${sessionId}`,
        (): SessionCommand => ({ kind: 'end-with-all', sessionId, reason }),
        () => envelope,
        () => ({ sideRows: [endedSessionRow(sessionId)] }),
      );
    }
  }

  private async cancel(signInId: string, envelope: Envelope): Promise<void> {
    await handleCommand(
      this.recorder,
      signIn,
      `sign-in-${signInId}`,
      (): SignInCommand => ({ kind: 'cancel', signInId }),
      () => envelope,
      () => ({ sideRows: [closedSignInRow(signInId)] }),
    ).catch((error: unknown) => {
      // It was finished in this moment; the session that it opened is among those that are looked for next.
      if (!(error instanceof DomainError && error.code === 'not-signed-in')) throw error;
    });
  }
}
