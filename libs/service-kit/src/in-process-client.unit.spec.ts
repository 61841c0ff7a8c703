import { inProcessClient } from './operations';
import { describeOperations } from './operations.contract';

describeOperations('in the same process', (server) =>
  Promise.resolve({
    clientOf: (called) => Promise.resolve(inProcessClient(called, () => server)),
    close: () => Promise.resolve(),
  }),
);
