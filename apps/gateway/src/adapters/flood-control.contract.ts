import type { FloodControl } from './flood-control';

/** What the door relies on, wherever its requests are counted. `make`: one that has counted nothing yet. */
export function describeFloodControl(name: string, make: (limit: number) => Promise<FloodControl>): void {
  describe(`flood control in ${name}`, () => {
    const admitted = async (limit: number, sources: readonly string[]) => {
      const control = await make(limit);
      const outcomes = await Promise.allSettled(sources.map((source) => control.admit(source)));
      return outcomes.filter(({ status }) => status === 'fulfilled').length;
    };

    it('counts each IPv4 address for itself', async () => {
      expect(await admitted(2, ['192.0.2.1', '192.0.2.1', '192.0.2.1', '192.0.2.2'])).toBe(3);
      expect(await admitted(2, ['::ffff:192.0.2.1', '::ffff:192.0.2.2', '::ffff:192.0.2.3'])).toBe(3);
    });

    it('counts an IPv6 network as one, since anyone in it has a new address for every request', async () => {
      expect(await admitted(2, ['2001:db8::1', '2001:db8::2', '2001:db8:0:0:a::3', '2001:db8:0:1::1'])).toBe(3);
    });

    it('admits no more of parallel requests than of others', async () => {
      expect(
        await admitted(
          20,
          Array.from({ length: 60 }, () => '192.0.2.1'),
        ),
      ).toBe(20);
    });

    it('says how long to wait: ten seconds from the first request on', async () => {
      const control = await make(1);
      await control.admit('192.0.2.1');
      const refusal: unknown = await control.admit('192.0.2.1').catch((error: unknown) => error);
      expect(refusal).toMatchObject({ code: 'too-many-requests' });
      const { retryAfter } = (refusal as { extras: { retryAfter: number } }).extras;
      expect(retryAfter).toBeGreaterThan(5);
      expect(retryAfter).toBeLessThanOrEqual(10);
    });
  });
}
