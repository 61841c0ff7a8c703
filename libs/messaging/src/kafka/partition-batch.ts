import { ownerOfStream, type Fact, type Service } from '@cofactor/contracts';
import type { KafkaMessage } from 'kafkajs';
import type { FactBatch, LogEntry } from '../fact-batch';
import type { Stand } from '../offsets';
import { decodeMessage, generationOf, UnreadableMessage } from './message';
import type { PartitionPlace } from './partition';

/** Characters, as for the positions that callers give (I8). */
const longestStream = 200;
/** PostgreSQL's integer. */
const largestVersion = 2_147_483_647;

/** The messages of a partition from where it stands on, as a batch; Kafka's offset n is position n + 1. */
export function batchOf(place: PartitionPlace, stand: Stand, messages: readonly KafkaMessage[]): FactBatch {
  return {
    source: place.source,
    log: place.log,
    generation: stand.generation,
    after: stand.position,
    entries: messages.map((message) => entryOf(place, message)),
  };
}

/** The highest generation that a message names; a name that cannot be read is not counted. */
export function highestGeneration(messages: readonly KafkaMessage[]): number {
  return messages.reduce((highest, message) => {
    try {
      return Math.max(highest, generationOf(message));
    } catch (error) {
      if (error instanceof UnreadableMessage) return highest;
      throw error;
    }
  }, 0);
}

function entryOf({ source, topic, partition }: PartitionPlace, message: KafkaMessage): LogEntry {
  const offset = Number(message.offset);
  const position = offset + 1;
  const size = message.value?.byteLength ?? 0;
  try {
    const fact = decodeMessage(source, message);
    assertFits(source, fact, message.value);
    return { kind: 'fact', position, fact };
  } catch (error) {
    if (!(error instanceof UnreadableMessage)) throw error;
    return { kind: 'unreadable', position, message: { topic, partition, offset, size, error: error.message } };
  }
}

/** JSON writes half of a surrogate pair, and nothing else, as this; PostgreSQL keeps no text with it. */
const halfCharacter = /(?<!\\)(?:\\\\)*\\ud[89a-f]/;

/** What does not fit into the inbox or among the dead letters would hold its partition up for ever. */
function assertFits(source: Service, fact: Fact, value: Buffer | null): void {
  if (ownerOfStream(fact.stream) !== source) throw new UnreadableMessage(`its stream is none of ${source}`);
  if (fact.stream.length > longestStream) throw new UnreadableMessage('its stream has too long a name');
  if (fact.version > largestVersion) throw new UnreadableMessage('its version is too large');
  const mayHoldHalves = value?.includes('\\ud') === true || value?.includes('\\uD') === true;
  if (mayHoldHalves && halfCharacter.test(JSON.stringify(fact))) {
    throw new UnreadableMessage('it holds half a character');
  }
}
