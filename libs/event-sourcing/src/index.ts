export * from './decider';
export * from './event-store';
export * from './handle-command';
export * from './upcast';
