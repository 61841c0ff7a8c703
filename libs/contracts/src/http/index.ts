export * from './endpoint';
export * from './openapi';
export * from './public-api';
