import type { CallContext, HandlersOf, identityOperations } from '@cofactor/contracts';
import type { Recorder } from '@cofactor/event-sourcing';
import type { IdempotencyKeys } from '@cofactor/event-store';
import type { Access } from '../adapters/access';
import type { Directory } from '../adapters/directory';
import type { InstallationStaff } from '../adapters/installation-staff';
import type { Needs } from '../adapters/needs';
import type { OpenNames } from '../adapters/open-names';
import { signedInOperator } from '../adapters/signed-in';

type Handlers = HandlersOf<typeof identityOperations>;

export interface SupportStaffParts {
  readonly recorder: Recorder;
  readonly access: Access;
  readonly directory: Pick<Directory, 'supportStaff'>;
  readonly needs: Needs;
  readonly keys: IdempotencyKeys;
  readonly staff: InstallationStaff;
  readonly openNames: OpenNames;
}

/** Who belongs to support: appointed and dismissed by the operator. */
export class SupportStaff implements Pick<Handlers, 'listSupportStaff' | 'appointSupport' | 'dismissSupport'> {
  constructor(private readonly parts: SupportStaffParts) {}

  readonly listSupportStaff: Handlers['listSupportStaff'] = async ({ token }, context) => {
    await this.operator(token, context);
    const rows = await this.parts.directory.supportStaff();
    const names = await this.parts.openNames(rows);
    const people = rows.map(({ personId, emailHint }) => ({ personId, emailHint, name: names.get(personId) ?? '' }));
    return { people };
  };

  readonly appointSupport: Handlers['appointSupport'] = async ({ token, email, name = null }, context) => {
    const { personId: operator, sessionId } = await this.operator(token, context);
    const keyed = { context, scope: sessionId, operation: 'appointSupport', body: { email, name } };
    return this.parts.keys.once(keyed, async (remember) => {
      const by = { actor: { kind: 'operator' as const, id: operator }, context, rows: remember({ kind: 'secret' }) };
      const appointed = await this.parts.staff.appoint({ email, name }, 'support', by);
      const password = appointed.kind === 'registered' ? appointed.password : null;
      return { personId: appointed.personId, password, positions: [appointed.position] };
    });
  };

  readonly dismissSupport: Handlers['dismissSupport'] = async ({ token, personId }, context) => {
    const { personId: operator } = await this.operator(token, context);
    const by = { actor: { kind: 'operator' as const, id: operator }, context };
    return { positions: [await this.parts.staff.dismissSupport(personId, by)] };
  };

  private operator(token: string, context: CallContext) {
    return signedInOperator(this.parts, token, 'not-allowed', context);
  }
}
