import { createRequire } from 'node:module';
import './quiet-request-queue';

interface Queue {
  checkPendingRequests(): void;
  maybeThrottle(milliseconds: number): void;
  push(request: object): void;
}
const RequestQueue = createRequire(__filename)('kafkajs/src/network/requestQueue') as new (options: object) => Queue;

const nothing = (): void => undefined;
const options = {
  maxInFlightRequests: null,
  requestTimeout: 1_000,
  enforceRequestTimeout: false,
  clientId: 'test',
  broker: 'broker:9092',
  logger: { debug: nothing },
};
const requestThat = (sendRequest: () => void): object => ({
  entry: { correlationId: 1, resolve: nothing, reject: nothing },
  expectResponse: true,
  sendRequest,
});

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

it('wakes nobody while no request waits', () => {
  new RequestQueue(options).checkPendingRequests();
  expect(jest.getTimerCount()).toBe(0);
});

it('sends what the broker held back once its time is over, and is quiet then', () => {
  const queue = new RequestQueue(options);
  const send = jest.fn();
  queue.maybeThrottle(50);
  queue.push(requestThat(send));
  jest.advanceTimersByTime(49);
  expect(send).not.toHaveBeenCalled();
  jest.advanceTimersByTime(20);
  expect(send).toHaveBeenCalledTimes(1);
  expect(jest.getTimerCount()).toBe(0);
});
