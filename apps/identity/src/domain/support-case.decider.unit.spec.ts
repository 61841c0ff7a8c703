import { storyOf } from '@cofactor/event-sourcing/given-when-then';
import { supportCase, type SupportCaseCommand, type SupportCaseEvent } from './support-case';
import { supportLookUp } from './support-look-up';

const start = '2026-03-02T09:00:00.000Z';
const after = (seconds: number): string => new Date(Date.parse(start) + seconds * 1000).toISOString();
const { given } = storyOf(supportCase, start);

const whose = { caseId: 'case-1', personId: 'sam' };
const checklist = [
  { step: 'call-back', label: 'Call the person back', required: true },
  { step: 'practice', label: 'Ask the practice', required: true },
  { step: 'document', label: 'See a document', required: false },
];
const opened: SupportCaseEvent = { type: 'support-case.opened', data: { ...whose, openedBy: 'kit' } };
const recorded = (step: string, recordedBy = 'kit'): SupportCaseEvent => ({
  type: 'support-case.step-recorded',
  data: { ...whose, step, recordedBy, note: 'sealed' },
});
const permitted: SupportCaseEvent = { type: 'support-case.reset-permitted', data: { ...whose, permittedTo: 'kit' } };
const recording = (step: string, now = after(60)): SupportCaseCommand => {
  const { caseId } = whose;
  return { kind: 'record-step', caseId, step, note: 'sealed', recordedBy: 'kit', checklist, now };
};
const permitting = (now = after(60)): SupportCaseCommand => {
  const { caseId } = whose;
  return { kind: 'permit-reset', caseId, permittedTo: 'kit', checklist, now };
};
const verified = [opened, recorded('call-back'), recorded('practice')];

describe('AX5: a case of support', () => {
  it('is opened once, about one person', () => {
    const opening = { kind: 'open', ...whose, openedBy: 'kit' } as const;
    given([]).when(opening).then([opened]);
    given([opened]).when(opening).thenRefused('conflict');
  });

  it('takes the steps of the checklist, each as often as it is needed, and no other', () => {
    given([opened])
      .when(recording('document'))
      .then([recorded('document')]);
    given([opened, recorded('call-back', 'robin')])
      .when(recording('call-back'))
      .then([recorded('call-back')]);
    given([opened]).when(recording('gut-feeling')).thenRefused('invalid-fields');
    given([]).when(recording('call-back')).thenRefused('not-found');
  });

  it('permits a reset when every required step is recorded, by whomever, and not before', () => {
    given([opened]).when(permitting()).thenRefused('verification-incomplete');
    given([opened, recorded('call-back'), recorded('document')])
      .when(permitting())
      .thenRefused('verification-incomplete', { detail: 'Still to be recorded: Ask the practice.' });
    given([opened, recorded('call-back'), recorded('practice', 'robin')])
      .when(permitting())
      .then([permitted]);
    given([...verified, permitted])
      .when(permitting())
      .then([]);
    given([]).when(permitting()).thenRefused('not-found');
  });

  it('is over after 24 hours, and holds no more than fifty notes', () => {
    const [last, over] = [after(86_399.999), after(86_400)];
    given(verified).when(permitting(last)).then([permitted]);
    given(verified).when(permitting(over)).thenRefused('case-closed');
    given([...verified, permitted])
      .when(permitting(over))
      .thenRefused('case-closed');
    given([opened]).when(recording('call-back', over)).thenRefused('case-closed');
    const many = Array.from({ length: 50 }, () => recorded('call-back'));
    given([opened, ...many])
      .when(recording('practice'))
      .thenRefused('case-closed');
  });
});

describe('AX5: a look-up of support', () => {
  it('is a fact whoever was found, once', () => {
    const lookUps = storyOf(supportLookUp, start);
    for (const personId of ['sam', null]) {
      const searched = { lookUpId: 'look-up-1', personId };
      const fact = { type: 'support.person-looked-up', data: searched } as const;
      lookUps.given([]).when(searched).then([fact]);
      lookUps.given([fact]).when(searched).thenRefused('conflict');
    }
  });
});
