import { request } from 'node:http';
import { connect } from 'node:net';
import { Reply } from './program';

/** A request as fetch would not send it: a body with GET, several times the same header, any address. */
export function rawRequest(
  url: string,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body?: string,
): Promise<Reply> {
  const began = performance.now();
  const { hostname, port } = new URL(url);
  const framed = body === undefined ? headers : { ...headers, 'content-length': String(Buffer.byteLength(body)) };
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, method, path, headers: framed, agent: false }, (incoming) => {
      let text = '';
      incoming.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      incoming.on('end', () => {
        const pairs = Object.entries(incoming.headers).map(([name, value]) => [name, [value].flat().join(', ')]);
        resolve(new Reply(incoming.statusCode ?? 0, new Headers(pairs), text, performance.now() - began));
      });
      incoming.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Bytes as they are, over a connection of their own; what came back before it was closed. */
export function rawBytes(url: string, bytes: string): Promise<Reply> {
  const began = performance.now();
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(Number(port), hostname, () => socket.write(bytes, 'latin1'));
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      if (/\r\n\r\n[^]*\}$/.test(text)) socket.end();
    });
    socket.on('error', reject);
    socket.on('close', () => {
      const [head = '', ...rest] = text.split('\r\n\r\n');
      const [status = '', ...lines] = head.split('\r\n');
      const headers = lines.map((line): [string, string] => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon), line.slice(colon + 1).trim()];
      });
      const code = Number(status.split(' ')[1] ?? 0);
      resolve(new Reply(code, new Headers(headers), rest.join('\r\n\r\n'), performance.now() - began));
    });
  });
}
