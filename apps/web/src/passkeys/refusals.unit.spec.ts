import { problemBody, DomainError, type ProblemCode } from '@cofactor/contracts';
import { Refusal } from '../api/problem';
import { passkeyRefusal } from './refusals';

const refused = (code: ProblemCode) =>
  new Refusal(problemBody(new DomainError(code), 'q-1') as Refusal['problem'], null);

describe('what is said of a passkey that the server refused', () => {
  it.each(['code-wrong', 'code-expired', 'code-already-used', 'credential-disabled'] as const)(
    'speaks of no code (%s)',
    (code) => {
      for (const doing of ['creating', 'proving'] as const) {
        expect(passkeyRefusal(refused(code), doing)).toMatch(/passkey/i);
        expect(passkeyRefusal(refused(code), doing)).not.toMatch(/code/i);
      }
    },
  );

  it('leaves any other trouble to those who know it', () => {
    expect(passkeyRefusal(refused('too-many-attempts'), 'proving')).toBeNull();
    expect(passkeyRefusal(new Error('offline'), 'creating')).toBeNull();
  });
});
