import {
  DomainError,
  type CallContext,
  type ChecklistStep,
  type Envelope,
  type HandlersOf,
  type identityOperations,
  type Statement,
} from '@cofactor/contracts';
import { handleCommand, loadState, type SideRow } from '@cofactor/event-sourcing';
import type { IdempotencyKeys } from '@cofactor/event-store';
import { operatorPolicy } from '@cofactor/policy';
import { envelopeOf, newId, type PersonalFieldSealer } from '@cofactor/service-kit';
import type { Directory, KnownPerson } from '../adapters/directory';
import { refuseToSupport, type HelpedPeople } from '../adapters/helped-people';
import { signedInSupport, type SignedIn } from '../adapters/signed-in';
import {
  caseEnd,
  missingSteps,
  supportCase,
  type SupportCaseCommand,
  type SupportCaseState,
} from '../domain/support-case';
import { supportLookUp } from '../domain/support-look-up';
import { proveFreshPassword, refuseShared, requireApproverOf, type ResetParts } from './resets';

type Handlers = HandlersOf<typeof identityOperations>;

export interface SupportCaseParts extends Omit<ResetParts, 'directory'> {
  readonly directory: Pick<Directory, 'knownPerson' | 'personByEmailIndex' | 'hasAdministratorBeside' | 'supportStaff'>;
  readonly helped: HelpedPeople;
  readonly keys: IdempotencyKeys;
  readonly sealer: PersonalFieldSealer;
  readonly emailIndex: (email: string) => string;
  readonly openFields: (personId: string, sealed: string) => Promise<unknown>;
  readonly checklist: readonly ChecklistStep[];
}

/** Support, from an address to a reset: the look-up, the case with its recorded steps, the permission (PRODUCT AX5). */
export class SupportCases implements Pick<
  Handlers,
  'lookUpPerson' | 'openSupportCase' | 'readSupportCase' | 'recordSupportStep' | 'authoriseSupportReset'
> {
  constructor(private readonly parts: SupportCaseParts) {}

  readonly lookUpPerson: Handlers['lookUpPerson'] = async ({ token, email }, context) => {
    const { directory, emailIndex, helped, recorder } = this.parts;
    const by = await signedInSupport(this.parts, token, context);
    const found = await directory.personByEmailIndex(emailIndex(email));
    const lookUpId = newId();
    const { position } = await handleCommand(
      recorder,
      supportLookUp,
      `support-look-up-${lookUpId}`,
      () => ({ lookUpId, personId: found?.personId ?? null }),
      await this.envelope(by, found, context),
    );
    return { lookUpId, person: found && (await helped.view(by, found, context)), positions: [position] };
  };

  readonly openSupportCase: Handlers['openSupportCase'] = async ({ token, lookUpId }, context) => {
    const { keys, recorder } = this.parts;
    const by = await signedInSupport(this.parts, token, context);
    const keyed = { context, scope: by.sessionId, operation: 'openSupportCase', body: { lookUpId } };
    return keys.once(keyed, async (remember) => {
      const { state } = await loadState(recorder.store, supportLookUp, `support-look-up-${lookUpId}`);
      if (!state?.personId) throw new DomainError('not-found');
      const person = await this.person(state.personId);
      refuse(refuseToSupport(by, person));
      const caseId = newId();
      const command = { kind: 'open', caseId, personId: person.personId, openedBy: by.personId } as const;
      const kept = () => remember({ kind: 'reply', reply: { caseId, positions: [] } });
      const { position } = await this.handle(command, by, person, context, kept);
      return { caseId, positions: [position] };
    });
  };

  readonly readSupportCase: Handlers['readSupportCase'] = async ({ token, caseId }, context) => {
    const { checklist, helped, openFields } = this.parts;
    const by = await signedInSupport(this.parts, token, context);
    const { state, person } = await this.load(caseId);
    const recorded = await Promise.all(
      state.steps.map(async ({ step, at, recordedBy, note }) => {
        const opened = await openFields(person.personId, note);
        return { step, at, by: recordedBy, note: typeof opened === 'string' ? opened : '' };
      }),
    );
    const ofStep = (name: string) => recorded.flatMap(({ step, ...rest }) => (step === name ? [rest] : []));
    return {
      caseId,
      person: await helped.view(by, person, context),
      openedAt: state.openedAt,
      expiresAt: caseEnd(state),
      steps: checklist.map((step) => ({ ...step, recorded: ofStep(step.step) })),
      missing: missingSteps(state, checklist).map(({ step }) => step),
    };
  };

  readonly recordSupportStep: Handlers['recordSupportStep'] = async ({ token, caseId, step, note }, context) => {
    const { checklist, keys, recorder, sealer } = this.parts;
    const by = await signedInSupport(this.parts, token, context);
    const { person } = await this.load(caseId);
    const keyed = { context, scope: by.sessionId, operation: 'recordSupportStep', body: { caseId, step, note } };
    return keys.once(keyed, async (remember) => {
      const sealed = await sealer.seal(person.personId, note);
      const now = recorder.now().toISOString();
      const recordedBy = by.personId;
      const command = { kind: 'record-step', caseId, step, note: sealed, recordedBy, checklist, now } as const;
      const answerAfter = (state: SupportCaseState) => ({
        missing: state.status === 'open' ? missingSteps(state, checklist).map((one) => one.step) : [],
      });
      const { state, position } = await this.handle(command, by, person, context, (after) =>
        remember({ kind: 'reply', reply: { ...answerAfter(after), positions: [] } }),
      );
      return { ...answerAfter(state), positions: [position] };
    });
  };

  /** The reset has the id of its case: what dies between here and there is asked for again and is the same reset. */
  readonly authoriseSupportReset: Handlers['authoriseSupportReset'] = async ({ token, caseId, password }, context) => {
    const { checklist, recorder, signer } = this.parts;
    const by = await signedInSupport(this.parts, token, context);
    const { person } = await this.load(caseId);
    refuse(refuseToSupport(by, person));
    await proveFreshPassword(this.parts, by, password, context);
    await refuseShared(this.parts, person);
    await requireApproverOf(this.parts.directory, by, person, 'support');
    const now = recorder.now();
    const permitting = { kind: 'permit-reset', caseId, permittedTo: by.personId, checklist } as const;
    await this.handle({ ...permitting, now: now.toISOString() }, by, person, context);
    const statement: Statement = {
      permission: 'reset-factors',
      personId: person.personId,
      actorId: by.personId,
      resetId: caseId,
      resetReason: 'support-request',
      authority: { kind: 'session', id: by.sessionId },
      policies: [...person.policies],
      assurance: by.assurance,
      organisationId: null,
      credentialId: null,
    };
    return { statement: await signer.statement(statement, 'factor-enrollment', now) };
  };

  private async load(caseId: string) {
    const { state } = await loadState(this.parts.recorder.store, supportCase, `support-case-${caseId}`);
    if (state.status === 'absent') throw new DomainError('not-found');
    return { state, person: await this.person(state.personId) };
  }

  private async person(personId: string): Promise<KnownPerson> {
    const person = await this.parts.directory.knownPerson(personId);
    if (!person) throw new DomainError('not-found');
    return person;
  }

  private async handle(
    command: SupportCaseCommand,
    by: SignedIn,
    person: KnownPerson,
    context: CallContext,
    sideRows: (state: SupportCaseState) => readonly SideRow[] = () => [],
  ) {
    const stream = `support-case-${command.caseId}`;
    const envelope = await this.envelope(by, person, context);
    return handleCommand(
      this.parts.recorder,
      supportCase,
      stream,
      () => command,
      envelope,
      (_events, state) => ({ sideRows: sideRows(state) }),
    );
  }

  /** What support does concerns every practice of the person; a search in vain, the installation. */
  private async envelope(by: SignedIn, person: KnownPerson | null, context: CallContext): Promise<() => Envelope> {
    const policies = person?.policies ?? [operatorPolicy];
    const envelope = await envelopeOf(this.parts.sealer, context, {
      organisationIds: policies.map(({ organisationId }) => organisationId),
      actor: { kind: 'person', id: by.personId },
      subject: person ? { kind: 'person', id: person.personId } : { kind: 'unknown', id: 'unknown' },
      policyVersion: null,
    });
    return () => envelope;
  }
}

function refuse(refusal: string | null): void {
  if (refusal !== null) throw new DomainError('not-allowed', { detail: refusal });
}
