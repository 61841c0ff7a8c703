/**
 * Arrays in PostgreSQL's binary form (array_send): dimensions, a flag for nulls, the type of the elements, length and
 * lower bound, then each element behind its length. Neither side has to quote or scan text for them.
 */
const headerLength = 20;
const integerType = 23;
const textType = 25;

function withHeader(size: number, type: number, count: number): Buffer {
  const array = Buffer.allocUnsafe(size);
  array.writeInt32BE(1, 0);
  array.writeInt32BE(0, 4);
  array.writeInt32BE(type, 8);
  array.writeInt32BE(count, 12);
  array.writeInt32BE(1, 16);
  return array;
}

/** `integer[]`. Throws RangeError for a number that is no 32-bit integer. */
export function integerArray(values: readonly number[]): Buffer {
  const array = withHeader(headerLength + values.length * 8, integerType, values.length);
  values.forEach((value, index) => {
    if (!Number.isInteger(value)) throw new RangeError(`not an integer: ${value}`);
    array.writeInt32BE(4, headerLength + index * 8);
    array.writeInt32BE(value, headerLength + index * 8 + 4);
  });
  return array;
}

/** `text[]`. */
export function textArray(values: readonly string[]): Buffer {
  const size = values.reduce((sum, value) => sum + 4 + Buffer.byteLength(value), headerLength);
  const array = withHeader(size, textType, values.length);
  let offset = headerLength;
  for (const value of values) {
    const length = array.write(value, offset + 4);
    array.writeInt32BE(length, offset);
    offset += 4 + length;
  }
  return array;
}
