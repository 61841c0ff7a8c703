import { storyOf } from '@cofactor/event-sourcing/given-when-then';
import { passwordDoor, secondsToWait, type PasswordDoorEvent, type PasswordVerdict } from './password-door';

const lastFailure = '2026-03-02T09:00:00.000Z';
const { given } = storyOf(passwordDoor, lastFailure);
const secondsLater = (seconds: number) => new Date(Date.parse(lastFailure) + seconds * 1000);

const refused = (reason: 'wrong-password' | 'unknown-email' | 'too-many-attempts'): PasswordDoorEvent => ({
  type: 'sign-in.refused',
  data: { personId: reason === 'unknown-email' ? null : 'amara', reason },
});
const wrongTimes = (times: number) => Array.from({ length: times }, () => refused('wrong-password'));
const right: PasswordVerdict = { kind: 'right', personId: 'amara' };
const wrong: PasswordVerdict = { kind: 'wrong-password', personId: 'amara' };

describe('the door of a password', () => {
  it('records each wrong password and lets the right one pass without a trace', () => {
    given([])
      .when({ at: secondsLater(0), verdict: wrong })
      .then([refused('wrong-password')]);
    given([])
      .when({ at: secondsLater(0), verdict: right })
      .then([]);
  });

  it('HE9 stays open for five wrong ones in a row, then closes for 1, 2, 4 … seconds, at most 15 minutes', () => {
    const waits = [4, 5, 6, 7, 8, 9, 10, 13, 14, 15, 40].map((times) =>
      secondsToWait(given(wrongTimes(times)).state, secondsLater(0)),
    );
    expect(waits).toEqual([0, 1, 2, 4, 8, 16, 300, 300, 512, 900, 900]);
  });

  it('while closed refuses the right password too, and that counts no failure', () => {
    const closed = given(wrongTimes(7));
    closed.when({ at: secondsLater(3), verdict: right }).then([refused('too-many-attempts')]);
    expect(given([...wrongTimes(7), refused('too-many-attempts')]).state).toEqual(closed.state);
  });

  it('opens when the wait is over; the right password then ends it', () => {
    given(wrongTimes(7))
      .when({ at: secondsLater(4), verdict: right })
      .then([{ type: 'password-wait.cleared', data: { personId: 'amara' } }]);
    const cleared = given([...wrongTimes(7), { type: 'password-wait.cleared', data: { personId: 'amara' } }]);
    expect(secondsToWait(cleared.state, secondsLater(0))).toBe(0);
  });

  it('R27 is the same for an email that nobody has', () => {
    const unknown = Array.from({ length: 7 }, () => refused('unknown-email'));
    given(unknown)
      .when({ at: secondsLater(1), verdict: { kind: 'unknown-email' } })
      .then([{ type: 'sign-in.refused', data: { personId: null, reason: 'too-many-attempts' } }]);
  });
});
