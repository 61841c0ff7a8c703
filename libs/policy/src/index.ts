export * from './operator-policy';
export * from './requirements';
