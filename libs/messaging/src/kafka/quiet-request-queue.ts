import { createRequire } from 'node:module';

/** The queue of requests of one connection of kafkajs, as far as it is used here. */
interface RequestQueue {
  readonly pending: readonly unknown[];
  scheduleCheckPendingRequests: (this: RequestQueue) => void;
}

/** kafkajs keeps it to itself. */
const { prototype } = createRequire(__filename)('kafkajs/src/network/requestQueue') as {
  readonly prototype: RequestQueue;
};
const { scheduleCheckPendingRequests: schedule } = prototype;

/**
 * Each connection of kafkajs 2.2.4 looks every millisecond, for as long as it is open, whether a request waits that the
 * broker's throttling held back (tulios/kafkajs#1704): most of what an idle service used. Where none waits there is
 * nothing to look for, and a request that has to wait asks for the look itself.
 */
prototype.scheduleCheckPendingRequests = function () {
  if (this.pending.length > 0) schedule.call(this);
};
