import { memoryFloodControl } from './flood-control.memory';

const admitted = async (sources: readonly string[]) => {
  const control = memoryFloodControl(2);
  const outcomes = await Promise.allSettled(sources.map((source) => control.admit(source)));
  return outcomes.filter(({ status }) => status === 'fulfilled').length;
};

describe('flood control', () => {
  it('counts each IPv4 address for itself', async () => {
    expect(await admitted(['192.0.2.1', '192.0.2.1', '192.0.2.1', '192.0.2.2'])).toBe(3);
    expect(await admitted(['::ffff:192.0.2.1', '::ffff:192.0.2.2', '::ffff:192.0.2.3'])).toBe(3);
  });

  it('counts an IPv6 network as one, since anyone in it has a new address for every request', async () => {
    expect(await admitted(['2001:db8::1', '2001:db8::2', '2001:db8:0:0:a::3', '2001:db8:0:1::1'])).toBe(3);
  });

  it('says how long to wait', async () => {
    const control = memoryFloodControl(1);
    await control.admit('192.0.2.1');
    const refusal = (await control.admit('192.0.2.1').catch((error: unknown) => error)) as {
      extras: { retryAfter: number };
    };
    expect(refusal).toMatchObject({ code: 'too-many-requests' });
    expect(refusal.extras.retryAfter).toBeGreaterThan(0);
  });
});
