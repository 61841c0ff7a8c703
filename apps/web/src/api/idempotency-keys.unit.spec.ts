import { IdempotencyKeys } from './idempotency-keys';

const counting = () => {
  let made = 0;
  return new IdempotencyKeys(() => `key-${(made += 1)}`);
};

describe('idempotency keys', () => {
  it('gives each action a key of its own', () => {
    const keys = counting();
    expect(keys.keyFor('POST /a {}')).toBe('key-1');
    keys.answered('POST /a {}');
    expect(keys.keyFor('POST /a {}')).toBe('key-2');
  });

  it('keeps the key of a request that got no answer', () => {
    const keys = counting();
    expect(keys.keyFor('POST /a {}')).toBe('key-1');
    expect(keys.keyFor('POST /a {}')).toBe('key-1');
  });

  it('never lends a key to another body', () => {
    const keys = counting();
    expect(keys.keyFor('POST /a {"name":"x"}')).toBe('key-1');
    expect(keys.keyFor('POST /a {"name":"y"}')).toBe('key-2');
  });
});
