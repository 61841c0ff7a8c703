import { evolveWith, type Decider, type DomainEvent } from './decider';

/** Reads a decider's test as a story: `given([facts]).when(command).then([facts])`. `at` dates the history. */
export function storyOf<State, Command, Event extends DomainEvent>(
  decider: Decider<State, Command, Event>,
  at = '2026-01-01T00:00:00.000Z',
) {
  return {
    given: (history: readonly Event[]) => {
      const state = evolveWith(
        decider,
        decider.initialState,
        history.map((event) => ({ event, at })),
      );
      return {
        state,
        when: (command: Command) => ({
          then: (expected: readonly Event[]) => expect(decider.decide(state, command)).toEqual(expected),
          thenRefused: (code: string, extras: object = {}) =>
            expect(refusalOf(() => decider.decide(state, command))).toMatchObject({ code, extras }),
        }),
      };
    },
  };
}

/** What `decide` throws; where it throws nothing, what it decided. */
function refusalOf(decide: () => unknown): unknown {
  try {
    return decide();
  } catch (error) {
    return error;
  }
}
