export * from './audit';
export * from './challenge';
export * from './factor-enrollment';
export * from './identity';
export * from './notification';
export * from './operation';
export * from './people';
export * from './support';
