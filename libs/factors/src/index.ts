export * from './factor';
export * from './registry';
