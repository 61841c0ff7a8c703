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
          thenRefused: (code: string) =>
            expect(() => decider.decide(state, command)).toThrow(expect.objectContaining({ code })),
        }),
      };
    },
  };
}
