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
});
