import { startProgram } from '@cofactor/launcher';

startProgram(() => import('./program'));
