import type { CallContext, ClientOf, Envelope, identityOperations } from '@cofactor/contracts';
import type { SideRow } from '@cofactor/event-sourcing';
import type { FactorSecrets } from '@cofactor/secret-vault';
import { waits } from '../domain/resets';
import type { FactorSetStream } from './factor-set-stream';

/** Who ends sessions. */
export type SessionOwner = Pick<ClientOf<typeof identityOperations>, 'endSessionsByReset'>;

export interface ResetFlowParts {
  readonly sets: FactorSetStream;
  readonly secrets: Pick<FactorSecrets, 'destroy'>;
  readonly sessions: SessionOwner;
}

/**
 * A reset from its recorded request, or its approval where it needs one, to its end, over two services (DESIGN §6.6). The sessions end first: once the set-up
 * is open, nobody who was signed in before it may use it. Each step can be done again, by a request or a reaction.
 */
export class ResetFlow {
  constructor(private readonly parts: ResetFlowParts) {}

  /** Answers the position once sessions, factors and vault entries are gone; `sideRows` go with the last commit. */
  async finish(
    reset: { readonly personId: string; readonly resetId: string },
    envelope: Envelope,
    context: CallContext,
    sideRows: () => readonly SideRow[] = () => [],
  ): Promise<string> {
    const { sets, secrets, sessions } = this.parts;
    const { personId, resetId } = reset;
    const open = (await sets.load(personId)).reset;
    if (open?.resetId === resetId && !waits(open)) {
      await sessions.endSessionsByReset({ personId, openedBy: open.holdsFrom, envelope }, context);
    }
    const command = { kind: 'complete-reset', resetId } as const;
    const { events, position } = await sets.runIn(personId, envelope, () => command, sideRows);
    for (const event of events) {
      if (event.type === 'factor.revoked') await secrets.destroy(event.data.credentialId);
    }
    return position;
  }
}
