export { startSharedInstallation as default } from './shared-installation';
