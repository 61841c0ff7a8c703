import { readConfiguration } from '@cofactor/service-kit';
import { gatewaySettings, originsOf } from './door-settings';

const read = (environment: Readonly<Record<string, string>>) => readConfiguration(gatewaySettings, environment);

describe('the settings of the gateway', () => {
  it.each([
    ['PORT', 'canary'],
    ['PORT', '70000'],
    ['PORT', '-1'],
    ['COFACTOR_FLOOD_LIMIT', 'canary'],
    ['COFACTOR_FLOOD_LIMIT', '1'],
    ['COFACTOR_ORIGINS', 'canary'],
    ['COFACTOR_ORIGINS', 'https://mfa.practice.example/canary'],
    ['COFACTOR_ORIGINS', 'https://mfa.practice.example,'],
    ['COFACTOR_TRUSTED_PROXIES', 'canary'],
    ['COFACTOR_TRUSTED_PROXIES', '10.0.0.0/33'],
    ['COFACTOR_TRUSTED_PROXIES', '10.0.0.0/8/8'],
    ['COFACTOR_TRUSTED_PROXIES', '10.0.0.7,'],
  ])('refuse %s=%s in one sentence that names the variable and not the value', (name, value) => {
    const attempt = () => read({ [name]: value });
    expect(attempt).toThrow(new RegExp(`^${name}: [^\\n]+[.]$`));
    expect(attempt).not.toThrow(/canary/);
  });

  it('take several proxies and origins', () => {
    const { COFACTOR_TRUSTED_PROXIES, COFACTOR_ORIGINS } = read({
      COFACTOR_TRUSTED_PROXIES: '10.0.0.7, 10.1.0.0/16, fd00::/8',
      COFACTOR_ORIGINS: 'https://mfa.practice.example, http://localhost:3000',
    });
    expect(COFACTOR_TRUSTED_PROXIES).toEqual(['10.0.0.7', '10.1.0.0/16', 'fd00::/8']);
    expect(COFACTOR_ORIGINS).toEqual(['https://mfa.practice.example', 'http://localhost:3000']);
  });

  it('listen to this machine alone, and know its origins, where nothing else is said', () => {
    const settings = read({});
    expect(settings.COFACTOR_LISTEN).toBe('127.0.0.1');
    expect(originsOf(settings, 3000)).toEqual(['http://localhost:3000', 'http://127.0.0.1:3000']);
  });
});
