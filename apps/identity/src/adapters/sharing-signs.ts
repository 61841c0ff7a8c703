import type { Envelope, SharingSign } from '@cofactor/contracts';
import { handleCommand, type Recorder } from '@cofactor/event-sourcing';
import { namesOf } from '@cofactor/policy';
import { envelopeAfter } from '@cofactor/service-kit';
import { manyNetworks, sharedAccount, sharedAccountStream } from '../domain/shared-account';
import type { Directory } from './directory';
import type { PolicyDirectory } from './policy-directory';
import { signRow, type SharedAccounts } from './shared-accounts';

/** Notices what speaks for an account being shared. Each sign is recorded once, with all practices of the person. */
export class SharingSigns {
  constructor(
    private readonly parts: {
      readonly recorder: Recorder;
      readonly directory: Pick<Directory, 'knownPerson'>;
      readonly policies: Pick<PolicyDirectory, 'policyOf'>;
      readonly sharedAccounts: SharedAccounts;
      readonly nameIndex: (comparableName: string) => string;
    },
  ) {}

  /** The addresses in a practice that have a name which it lists; that of one person where one is named. */
  async byName(organisationId: string, personId: string | null, cause: Envelope): Promise<void> {
    const { policies, sharedAccounts, nameIndex } = this.parts;
    const standing = await policies.policyOf(organisationId);
    if (!standing) return;
    const names = namesOf(standing.policy.policy).map(nameIndex);
    for (const named of await sharedAccounts.named(organisationId, names, personId)) {
      await this.suspect(named, 'name', cause);
    }
  }

  /** Somebody who has signed in by then, from more networks at once than one person does. */
  async byNetworks(personId: string, at: string, cause: Envelope): Promise<void> {
    const since = new Date(Date.parse(at) - manyNetworks.seconds * 1000).toISOString();
    const networks = await this.parts.sharedAccounts.networksOf(personId, since, at);
    if (networks >= manyNetworks.atLeast) await this.suspect(personId, 'many-networks', cause);
  }

  /** A fact of its own, caused by another. Doing it again changes nothing. */
  async suspect(personId: string, sign: SharingSign, cause: Envelope): Promise<void> {
    const { recorder, directory } = this.parts;
    const known = await directory.knownPerson(personId);
    if (!known) return;
    const at = recorder.now().toISOString();
    const after = envelopeAfter(cause, 'identity');
    const isAboutThem = cause.subject.kind === 'person' && cause.subject.id === personId;
    const envelope: Envelope = {
      ...after,
      organisationIds: known.policies.map(({ organisationId }) => organisationId),
      subject: { kind: 'person', id: personId },
      // Where a request came from is told to the practices of whoever made it, not to those of others.
      origin: isAboutThem ? after.origin : { ...after.origin, sealed: null, sealedFor: personId },
      policyVersion: null,
    };
    await handleCommand(
      recorder,
      sharedAccount,
      sharedAccountStream(personId),
      () => ({ kind: 'suspect', personId, sign }) as const,
      () => envelope,
      () => ({ sideRows: [signRow(personId, sign, at)] }),
    );
  }
}
