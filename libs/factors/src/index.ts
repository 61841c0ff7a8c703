export * from './factor';
export { factorEffects, type FactorEffectParts } from './factor-effects';
export * from './registry';
export * from './sealed-factor';
export { maskedEmail } from './masking';
