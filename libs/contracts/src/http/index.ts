export * from './endpoint';
export * from './public-api';
