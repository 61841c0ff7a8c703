import { readTextSettings } from './text-settings';

describe('the settings for text messages', () => {
  it('are none where no region is set', () => {
    expect(readTextSettings({})).toEqual({ kind: 'none' });
  });

  it('name who they come from by country', () => {
    expect(readTextSettings({ SNS_REGION: 'eu-west-2', SMS_SENDERS: '44=Cofactor, 1=+12065550100' })).toEqual({
      kind: 'sns',
      region: 'eu-west-2',
      endpoint: null,
      senders: new Map([
        ['44', 'Cofactor'],
        ['1', '+12065550100'],
      ]),
    });
  });

  it.each(['44=', 'Cofactor', '44=Far too long a name', '44=12345', '044=Cofactor', '44=Co,'])(
    'refuse %j as senders, and name the variable',
    (SMS_SENDERS) => {
      expect(() => readTextSettings({ SNS_REGION: 'eu-west-2', SMS_SENDERS })).toThrow(/^SMS_SENDERS: takes a list/);
    },
  );
});
