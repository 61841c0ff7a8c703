export * from './requirements';
