import type { Envelope } from '@cofactor/contracts';
import { handleCommand, type Recorder } from '@cofactor/event-sourcing';
import { session, type SessionCommand } from '../domain/session';
import { endedSessionRow, type Access } from './access';

/** Sessions that were opened by a password alone. */
export class PasswordSessions {
  constructor(
    private readonly access: Access,
    private readonly recorder: Recorder,
  ) {}

  /**
   * Ends those of a person that had started by `startedBy`, but for one. Whoever signed in later, after the factor was
   * removed again, say, keeps theirs; so does a session that rests on more. Doing it again changes nothing.
   */
  async endThoseOf(personId: string, startedBy: string, but: string | null, envelope: Envelope): Promise<void> {
    const held = await this.access.sessionsOf(personId, this.recorder.now());
    const ending = held.filter(
      ({ sessionId, startedAt }) => sessionId !== but && Date.parse(startedAt) <= Date.parse(startedBy),
    );
    for (const { sessionId } of ending) {
      await handleCommand(
        this.recorder,
        session,
        `session-${sessionId}`,
        (): SessionCommand => ({ kind: 'end-if-by-password', sessionId }),
        () => envelope,
        () => ({ sideRows: [endedSessionRow(sessionId)] }),
      );
    }
  }
}
