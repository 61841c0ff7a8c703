export * from './factor';
export * from './registry';
export * from './sealed-factor';
export { maskedEmail } from './masking';
