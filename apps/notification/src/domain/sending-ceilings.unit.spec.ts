import { ceilingsOf, type SendingAsked } from './sending-ceilings';

const asked: SendingAsked = {
  channel: 'sms',
  purpose: 'sign-in',
  personId: 'sam',
  number: '+447400123456',
  organisationIds: ['riverside', 'hillside'],
  source: '203.0.113.9',
};
const whose = (differing: Partial<SendingAsked>, kind: string) =>
  ceilingsOf({ ...asked, ...differing })
    .filter((ceiling) => ceiling.kind === kind)
    .map(({ of }) => of);

describe('§5 the ceilings of sending', () => {
  it('count a text message per person, number, range, country, each organisation and source', () => {
    const kinds = ceilingsOf(asked).map(({ kind }) => kind);
    expect(kinds).toEqual(['person', 'number', 'range', 'country', 'organisation', 'organisation', 'source']);
  });

  it('count an email per person, organisation and source, apart from text messages', () => {
    const email = ceilingsOf({ ...asked, channel: 'email', number: null });
    expect(email.map(({ kind }) => kind)).toEqual(['person', 'organisation', 'organisation', 'source']);
    expect(email.map(({ of }) => of)).not.toEqual(expect.arrayContaining(whose({}, 'person')));
  });

  it('count set-ups apart, so that nobody shuts others out who types their number, or sends them links', () => {
    for (const kind of ['person', 'number', 'range']) {
      expect(whose({ purpose: 'set-up' }, kind)).not.toEqual(whose({}, kind));
    }
    for (const kind of ['country', 'organisation', 'source']) {
      expect(whose({ purpose: 'set-up' }, kind)).toEqual(whose({}, kind));
    }
  });

  it('take a hundred neighbouring numbers as one range', () => {
    expect(whose({ number: '+447400123499' }, 'range')).toEqual(whose({}, 'range'));
    expect(whose({ number: '+447400123556' }, 'range')).not.toEqual(whose({}, 'range'));
  });

  it.each([
    ['+447400123456', '44'],
    ['+12015550123', '1'],
    ['+33612345678', '33'],
    ['+353850123456', '353'],
    ['+918123456789', '91'],
    ['+77710009998', '7'],
    ['+211977123456', '211'],
    ['+8801812345678', '880'],
  ])('know the country code of %s', (number, code) => {
    expect(whose({ number }, 'country')).toEqual([JSON.stringify(['sms', 'country', code])]);
  });
});
