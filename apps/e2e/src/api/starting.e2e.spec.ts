import { Installation } from '../installation';

describe('starting', () => {
  let installation: Installation;

  beforeAll(async () => {
    installation = await Installation.start();
  });
  afterAll(() => installation.remove());

  it('is ready with each part named', async () => {
    const reply = await fetch(`${installation.url}/health/ready`);
    expect(await reply.json()).toMatchObject({ status: 'up' });
  });

  it('tells Prometheus about every service, each metric described once', async () => {
    const reply = await fetch(`${installation.url}/metrics`);
    expect(reply.status).toBe(200);
    const text = await reply.text();
    const described = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
    expect(new Set(described).size).toBe(described.length);
    for (const service of ['identity', 'factor-enrollment', 'notification', 'audit']) {
      expect(text).toMatch(new RegExp(`^cofactor_consumer_lag_facts\\{.*service="${service}".*\\} \\d+$`, 'm'));
    }
  });
});
