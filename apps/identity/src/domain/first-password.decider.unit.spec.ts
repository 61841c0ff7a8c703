import { storyOf } from '@cofactor/event-sourcing/given-when-then';
import { firstPassword, type FirstPasswordEvent } from './first-password';

const { given } = storyOf(firstPassword);
const personId = 'lee';
const expiresAt = '2026-03-09T09:00:00.000Z';
const offered = (linkId: string): FirstPasswordEvent => ({
  type: 'first-password.offered',
  data: { personId, linkId, expiresAt },
});
const chosen: FirstPasswordEvent = { type: 'first-password.chosen', data: { personId, linkId: 'link-1' } };
const withdrawn: FirstPasswordEvent = { type: 'first-password.withdrawn', data: { personId, linkId: 'link-1' } };
const offer = (linkId: string, kind: 'offer' | 'offer-again') => ({ kind, personId, linkId, expiresAt }) as const;
const choose = (linkId: string, at = '2026-03-02T09:00:00.000Z') =>
  ({ kind: 'choose', personId, linkId, at: new Date(at) }) as const;

describe('§6.13 the link to a first password', () => {
  it('is offered with the registration, and again until it was used; never to someone who came with a password', () => {
    given([])
      .when(offer('link-1', 'offer'))
      .then([offered('link-1')]);
    given([offered('link-1')])
      .when(offer('link-2', 'offer-again'))
      .then([offered('link-2')]);
    given([offered('link-1'), withdrawn])
      .when(offer('link-2', 'offer-again'))
      .then([offered('link-2')]);
    given([]).when(offer('link-1', 'offer-again')).then([]);
    given([offered('link-1'), chosen])
      .when(offer('link-2', 'offer-again'))
      .then([]);
  });

  it('I2 works once', () => {
    given([offered('link-1')])
      .when(choose('link-1'))
      .then([chosen]);
    given([offered('link-1'), chosen])
      .when(choose('link-1'))
      .thenRefused('link-expired');
  });

  it('is dead when a newer one was sent, when the person has left, and when its time is over, by the millisecond', () => {
    given([offered('link-1'), offered('link-2')])
      .when(choose('link-1'))
      .thenRefused('link-expired');
    given([offered('link-1'), withdrawn])
      .when(choose('link-1'))
      .thenRefused('link-expired');
    given([offered('link-1')])
      .when(choose('link-1', expiresAt))
      .thenRefused('link-expired');
    given([offered('link-1')])
      .when(choose('link-1', '2026-03-09T08:59:59.999Z'))
      .then([chosen]);
    given([]).when(choose('link-1')).thenRefused('link-expired');
  });

  it('is withdrawn once, and nothing is where none works', () => {
    const withdraw = { kind: 'withdraw', personId } as const;
    given([offered('link-1')])
      .when(withdraw)
      .then([withdrawn]);
    given([offered('link-1'), withdrawn])
      .when(withdraw)
      .then([]);
    given([offered('link-1'), chosen])
      .when(withdraw)
      .then([]);
    given([]).when(withdraw).then([]);
  });
});
