import type { Envelope } from '@cofactor/contracts';
import type { AllSessions } from './all-sessions';
import type { Directory } from './directory';

/** People whom a practice has removed. */
export class LeftPeople {
  constructor(
    private readonly directory: Pick<Directory, 'knownPerson'>,
    private readonly sessions: AllSessions,
  ) {}

  /** Ends what they had opened by then, unless they still belong to a practice or to the staff. Again changes nothing. */
  async endSessionsOf(personId: string, openedBy: string, envelope: Envelope): Promise<void> {
    const known = await this.directory.knownPerson(personId);
    if (!known || known.memberships.length > 0 || known.isOperator || known.isSupport) return;
    await this.sessions.endThoseOf(personId, openedBy, envelope, 'left-last-practice');
  }
}
