import { connect } from 'node:net';

/** Every key of these, with all that it holds, as JSON. */
const readAll = `
  local all = {}
  for _, key in ipairs(redis.call('KEYS', ARGV[1])) do
    local kind = redis.call('TYPE', key).ok
    local value
    if kind == 'string' then value = redis.call('GET', key)
    elseif kind == 'hash' then value = redis.call('HGETALL', key)
    elseif kind == 'zset' then value = redis.call('ZRANGE', key, 0, -1, 'WITHSCORES')
    else error('a kind of key that is not read: ' .. kind) end
    table.insert(all, { key, value, redis.call('PTTL', key) })
  end
  return cjson.encode(all)`;

/** What stands in a Redis under a prefix, keys and values, as text. */
export async function everythingInRedis(url: string, prefix: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const words = ['EVAL', readAll, '0', `${prefix}*`];
  const command = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('');
  const socket = connect(Number(port), hostname);
  socket.setEncoding('utf8').write(`*${words.length}\r\n${command}`);
  let reply = '';
  for await (const text of socket) {
    reply += String(text);
    if (reply.endsWith('\r\n') && reply.split('\r\n').length > 2) break;
    if (reply.startsWith('-')) throw new Error(reply);
  }
  return reply.replaceAll(String.raw`\"`, '"');
}
