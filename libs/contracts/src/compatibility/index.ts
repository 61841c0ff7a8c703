export * from './breaking-changes';
export * from './compare-releases';
export * from './release';
