import { connect } from 'node:net';

/** Milliseconds for one question. */
const patience = 1_000;
const metadata = 3;
const version = 2;

/**
 * Whether the Kafka on a port of this machine answers, belongs to this cluster and counts a broker in it: a port that was
 * free a moment ago may be another's now.
 */
export function answersForCluster(clusterId: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: patience });
    let received = Buffer.alloc(0);
    const end = (ready: boolean) => {
      socket.destroy();
      resolve(ready);
    };
    socket.on('data', (bytes: Buffer) => {
      received = Buffer.concat([received, bytes]);
      // Length, correlation id, number of brokers, …, cluster id.
      if (received.includes(clusterId)) end(received.readInt32BE(8) > 0);
    });
    socket.on('connect', () => socket.write(metadataRequest()));
    for (const event of ['error', 'timeout', 'close']) socket.on(event, () => end(false));
  });
}

/** A Metadata request of the Kafka protocol, version 2, for no topic. */
function metadataRequest(): Buffer {
  const request = Buffer.alloc(18);
  request.writeInt32BE(14, 0);
  request.writeInt16BE(metadata, 4);
  request.writeInt16BE(version, 6);
  request.writeInt32BE(1, 8);
  request.writeInt16BE(-1, 12);
  request.writeInt32BE(0, 14);
  return request;
}
