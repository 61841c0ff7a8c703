import type { Envelope } from '@cofactor/contracts';
import { loadState, streamAppend, type Recorder } from '@cofactor/event-sourcing';
import { messageStream, type NoticeMessage } from '../domain/message';
import { messageDecider } from '../domain/message.decider';

interface Request {
  readonly message: NoticeMessage;
  readonly envelope: Envelope;
}

/** What is to be appended for those of these messages that were not requested before (DESIGN §6.9). */
export async function requestedMessages(recorder: Recorder, requests: readonly Request[]) {
  const prepared = await Promise.all(requests.map((request) => prepare(recorder, request)));
  return prepared.filter(({ events }) => events.length > 0);
}

async function prepare(recorder: Recorder, { message, envelope }: Request) {
  const { messageId } = message;
  const stream = messageStream(messageId);
  const loaded = await loadState(recorder.store, messageDecider, stream);
  const events = messageDecider.decide(loaded.state, { kind: 'request', message });
  const { append } = streamAppend(recorder, messageDecider, stream, loaded, events, () => envelope);
  return { messageId, events, append };
}
