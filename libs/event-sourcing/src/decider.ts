/** An event before it is committed: what happened, in the terms of its contract. */
export interface DomainEvent {
  readonly type: string;
  readonly data: unknown;
}

/**
 * The rules of one kind of stream. Pure: no clock, no randomness, no I/O; whatever is needed of those comes in with
 * the command. `decide` returns what happened (a refusal that must be counted is an event) or throws DomainError
 * for a command that cannot be. `stateVersion` rises whenever the shape of State changes, so that old snapshots are
 * folded anew.
 */
export interface Decider<State, Command, Event extends DomainEvent> {
  readonly initialState: State;
  readonly stateVersion: number;
  readonly decide: (state: State, command: Command) => readonly Event[];
  /** Exhaustive over Event; `at` is when the event was committed (RFC 3339). */
  readonly evolve: (state: State, event: Event, at: string) => State;
}

export interface DatedEvent<Event extends DomainEvent> {
  readonly event: Event;
  readonly at: string;
}

/** Folds a history over a state. */
export function evolveWith<State, Event extends DomainEvent>(
  decider: Pick<Decider<State, never, Event>, 'evolve'>,
  state: State,
  history: Iterable<DatedEvent<Event>>,
): State {
  let current = state;
  for (const { event, at } of history) current = decider.evolve(current, event, at);
  return current;
}
