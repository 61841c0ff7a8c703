import { storyOf } from '@cofactor/event-sourcing/given-when-then';
import { sharedAccount, type SharedAccountCommand, type SharedAccountEvent } from './shared-account';

const { given } = storyOf(sharedAccount, '2026-03-02T09:00:00.000Z');

const suspect = (sign: 'name' | 'phone-number'): SharedAccountCommand => ({ kind: 'suspect', personId: 'sam', sign });
const suspected = (sign: 'name' | 'phone-number'): SharedAccountEvent => ({
  type: 'shared-account.suspected',
  data: { personId: 'sam', sign },
});
type Decision = 'shared' | 'personal' | 'withdrawn';
const data = (decision: Decision, organisationId = 'riverside') => ({
  personId: 'sam',
  organisationId,
  decision,
  explanation: null,
});
const decide = (decision: Decision, organisationId?: string): SharedAccountCommand => ({
  kind: 'decide',
  ...data(decision, organisationId),
});
const decided = (decision: Decision, organisationId?: string): SharedAccountEvent => ({
  type: 'shared-account.decided',
  data: data(decision, organisationId),
});

describe('AX6, HE13: an account that several people may share', () => {
  it('is suspected once for each sign, however often it shows', () => {
    given([])
      .when(suspect('name'))
      .then([suspected('name')]);
    given([suspected('name')])
      .when(suspect('name'))
      .then([]);
    given([suspected('name')])
      .when(suspect('phone-number'))
      .then([suspected('phone-number')]);
  });

  it('is decided on by each practice for itself; the same decision again is none', () => {
    given([])
      .when(decide('shared'))
      .then([decided('shared')]);
    given([decided('shared')])
      .when(decide('shared'))
      .then([]);
    given([decided('shared')])
      .when(decide('personal'))
      .then([decided('personal')]);
    given([decided('shared')])
      .when(decide('shared', 'hill-road'))
      .then([decided('shared', 'hill-road')]);
  });

  it('is as undecided as before when the decision is withdrawn', () => {
    given([]).when(decide('withdrawn')).then([]);
    given([decided('personal')])
      .when(decide('withdrawn'))
      .then([decided('withdrawn')]);
    given([decided('personal'), decided('withdrawn')])
      .when(decide('personal'))
      .then([decided('personal')]);
  });
});
