import { z } from 'zod';
import { parseFields } from './parsing';

const schema = z.strictObject({
  code: z.string().min(1, 'Enter the code.'),
  colour: z.enum(['red', 'green']).optional(),
  'a/b~c': z.strictObject({ list: z.array(z.int()) }).optional(),
});

function errorsOf(value: unknown): unknown {
  try {
    return parseFields(schema, value);
  } catch (error) {
    return error;
  }
}

describe('fields', () => {
  it('come back as the schema makes them', () => {
    expect(parseFields(schema, { code: '1' })).toEqual({ code: '1' });
  });

  it.each([
    ['a value that is not right', { code: '' }, [{ pointer: '/code', detail: 'Enter the code.' }]],
    [
      'a field that is not known',
      { code: '1', 'x/y': 1 },
      [{ pointer: '/x~1y', detail: 'There is no such field here.' }],
    ],
    ['a field that is missing', {}, [{ pointer: '/code', detail: 'This field is missing.' }]],
    ['a value of another kind', { code: 7 }, [{ pointer: '/code', detail: 'This must be text.' }]],
    [
      'a value that is no choice',
      { code: '1', colour: 'blue' },
      [{ pointer: '/colour', detail: 'Use one of: red, green.' }],
    ],
    [
      'a fault deep inside',
      { code: '1', 'a/b~c': { list: [1, 'x'] } },
      [{ pointer: '/a~1b~0c/list/1', detail: 'This must be a number.' }],
    ],
    ['everything', 'no object', [{ pointer: '' }]],
  ])('%s is named by its pointer (RFC 6901)', (_, value, errors) => {
    expect(errorsOf(value)).toMatchObject({ code: 'invalid-fields', extras: { errors } });
  });

  it('are all named at once', () => {
    expect(errorsOf({ code: '', other: 1 })).toMatchObject({
      extras: { errors: [{ pointer: '/code' }, { pointer: '/other' }] },
    });
  });
});
