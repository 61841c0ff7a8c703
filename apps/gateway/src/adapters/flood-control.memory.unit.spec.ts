import { describeFloodControl } from './flood-control.contract';
import { memoryFloodControl } from './flood-control.memory';

describeFloodControl('memory', async (limit) => memoryFloodControl(limit));
