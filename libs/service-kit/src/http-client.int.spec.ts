import type { Agent } from 'node:http';
import { describeOperations } from './operations.contract';
import { gatewayClient, identityListener, listen } from './operations.fixture';

describeOperations('over HTTP', async (server) => {
  const { listener } = await identityListener(server);
  const listening = await listen(listener);
  const agents: Agent[] = [];
  return {
    clientOf: async (called) => {
      const { client, agent } = await gatewayClient(called, listening.base);
      agents.push(agent);
      return client;
    },
    close: async () => {
      for (const agent of agents) agent.destroy();
      await listening.close();
    },
  };
});
