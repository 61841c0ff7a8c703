import { DomainError, type ChecklistStep, type IdentityEvent } from '@cofactor/contracts';
import type { Decider } from '@cofactor/event-sourcing';

export type SupportCaseEvent = Extract<
  IdentityEvent,
  { type: 'support-case.opened' | 'support-case.step-recorded' | 'support-case.reset-permitted' }
>;

export interface RecordedStep {
  readonly step: string;
  readonly at: string;
  readonly recordedBy: string;
  /** What was found, sealed. */
  readonly note: string;
}

export type SupportCaseState =
  | { readonly status: 'absent' }
  | {
      readonly status: 'open';
      readonly personId: string;
      readonly openedAt: string;
      readonly steps: readonly RecordedStep[];
      readonly permitted: boolean;
    };

type OpenCase = Extract<SupportCaseState, { status: 'open' }>;

export type SupportCaseCommand =
  | { readonly kind: 'open'; readonly caseId: string; readonly personId: string; readonly openedBy: string }
  | {
      readonly kind: 'record-step';
      readonly caseId: string;
      readonly step: string;
      readonly note: string;
      readonly recordedBy: string;
      readonly checklist: readonly ChecklistStep[];
      readonly now: string;
    }
  | {
      readonly kind: 'permit-reset';
      readonly caseId: string;
      readonly permittedTo: string;
      readonly checklist: readonly ChecklistStep[];
      readonly now: string;
    };

const secondsOpen = 86_400;
/** More than a conversation needs, few enough to be read. */
const stepsAllowed = 50;

/** Until when steps are recorded, and the reset can be asked for. */
export const caseEnd = ({ openedAt }: Pick<OpenCase, 'openedAt'>): string =>
  new Date(Date.parse(openedAt) + secondsOpen * 1000).toISOString();

/** The required steps that nobody has recorded yet. */
export const missingSteps = (
  { steps }: Pick<OpenCase, 'steps'>,
  checklist: readonly ChecklistStep[],
): readonly ChecklistStep[] =>
  checklist.filter(({ step, required }) => required && !steps.some((recorded) => recorded.step === step));

/** How support made sure, step by step, that it speaks with the person whose factors it clears (PRODUCT AX5). */
export const supportCase: Decider<SupportCaseState, SupportCaseCommand, SupportCaseEvent> = {
  initialState: { status: 'absent' },
  stateVersion: 1,
  decide(state, command) {
    const { caseId } = command;
    if (command.kind === 'open') {
      if (state.status === 'open') throw new DomainError('conflict');
      const { personId, openedBy } = command;
      return [{ type: 'support-case.opened', data: { caseId, personId, openedBy } }];
    }
    const open = requireOpen(state, command.now);
    const { personId } = open;
    if (command.kind === 'permit-reset') {
      requireVerified(open, command.checklist);
      if (open.permitted) return [];
      return [{ type: 'support-case.reset-permitted', data: { caseId, personId, permittedTo: command.permittedTo } }];
    }
    const { step, note, recordedBy, checklist } = command;
    requireStep(open, step, checklist);
    return [{ type: 'support-case.step-recorded', data: { caseId, personId, step, recordedBy, note } }];
  },
  evolve(state, event, at) {
    switch (event.type) {
      case 'support-case.opened':
        return { status: 'open', personId: event.data.personId, openedAt: at, steps: [], permitted: false };
      case 'support-case.step-recorded': {
        if (state.status === 'absent') return state;
        const { step, recordedBy, note } = event.data;
        return { ...state, steps: [...state.steps, { step, at, recordedBy, note }] };
      }
      case 'support-case.reset-permitted':
        return state.status === 'absent' ? state : { ...state, permitted: true };
    }
  },
};

function requireOpen(state: SupportCaseState, now: string): OpenCase {
  if (state.status === 'absent') throw new DomainError('not-found');
  if (now >= caseEnd(state)) throw new DomainError('case-closed');
  return state;
}

function requireVerified(open: OpenCase, checklist: readonly ChecklistStep[]): void {
  const missing = missingSteps(open, checklist);
  if (missing.length === 0) return;
  const detail = `Still to be recorded: ${missing.map(({ label }) => label).join('; ')}.`;
  throw new DomainError('verification-incomplete', { detail });
}

function requireStep({ steps }: OpenCase, step: string, checklist: readonly ChecklistStep[]): void {
  if (!checklist.some((one) => one.step === step)) {
    const detail = 'Choose one of the steps of the case.';
    throw new DomainError('invalid-fields', { detail, errors: [{ pointer: '/step', detail }] });
  }
  if (steps.length >= stepsAllowed)
    throw new DomainError('case-closed', { detail: 'This case holds as much as it can.' });
}
