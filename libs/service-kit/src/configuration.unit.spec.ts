import { z } from 'zod';
import { ConfigurationError, readConfiguration, refuseInProduction } from './configuration';

const schema = z.object({
  PORT: z.coerce.number('must be a port number').int().max(65_535, 'must be at most 65535').default(3000),
  SMTP_URL: z.url('takes an address such as smtp://mail.example').optional(),
});

describe('the configuration', () => {
  it('fills in what is not set', () => {
    expect(readConfiguration(schema, {})).toEqual({ PORT: 3000 });
  });

  it('stops the start with one sentence that names the variable and never repeats its value', () => {
    expect(() => readConfiguration(schema, { PORT: 'canary-7f' })).toThrow(
      new ConfigurationError('PORT: must be a port number.'),
    );
    expect(() => readConfiguration(schema, { SMTP_URL: 'canary-7f' })).toThrow(/^SMTP_URL: takes an address/);
  });
});

describe('production mode', () => {
  const parts = [
    { name: 'the embedded PostgreSQL', instead: 'give each service its own database' },
    { name: 'the local outbox', instead: 'set SMTP_URL' },
  ];

  it('refuses to start with parts made for development, naming each and what replaces it', () => {
    const sentence =
      'COFACTOR_MODE=production does not start with the embedded PostgreSQL (give each service its own database); ' +
      'the local outbox (set SMTP_URL).';
    expect(() => refuseInProduction('production', parts)).toThrow(new ConfigurationError(sentence));
  });

  it('starts without them; development mode starts with them', () => {
    expect(() => refuseInProduction('production', [])).not.toThrow();
    expect(() => refuseInProduction('development', parts)).not.toThrow();
  });
});
