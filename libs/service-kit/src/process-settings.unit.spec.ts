import { readConfiguration } from './configuration';
import { peerSettings } from './process-settings';

const peer = peerSettings.pick({ COFACTOR_IDENTITY_URL: true });

describe('the address of a service', () => {
  it.each(['http://identity:3001', 'http://127.0.0.1:3001/', 'http://[::1]:3001', 'http://identity'])(
    'is taken: %s',
    (url) => {
      expect(readConfiguration(peer, { COFACTOR_IDENTITY_URL: url })).toEqual({ COFACTOR_IDENTITY_URL: url });
    },
  );

  it.each([
    'https://identity:3001',
    'identity:3001',
    'ftp://identity',
    'http://identity:3001/cofactor',
    'http://identity:3001?a=canary',
    'http://someone:canary@identity:3001',
    '',
    undefined,
  ])('is refused in a sentence that does not repeat it: %s', (url) => {
    const reading = () => readConfiguration(peer, { COFACTOR_IDENTITY_URL: url });
    expect(reading).toThrow(/^COFACTOR_IDENTITY_URL: takes an address (such as|without a path)/);
    expect(reading).not.toThrow('canary');
  });
});
