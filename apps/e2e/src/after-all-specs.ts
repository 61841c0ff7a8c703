export { stopSharedInstallation as default } from './shared-installation';
