/*
 * The six processes as they are deployed: under which port each answers the others and operations people, and what it
 * is told. Needs a loader for TypeScript, since the settings are those of the sources.
 */
const ports = {
  gateway: 3010,
  identity: 3001,
  'factor-enrollment': 3002,
  challenge: 3003,
  notification: 3004,
  audit: 3005,
};
const publicPort = 3000;

/** By name: the internal port, and the zod schema of the settings. */
const processes = Object.entries(ports).map(([name, port]) => ({
  name,
  port,
  settings: require(`../apps/${name}/src/config`).settings,
}));
const { migrationSettings } = require('../libs/service-host/src/migrations');
const { afterRestoreSettings } = require('../libs/service-host/src/restored/after-restore');

/** A process and the databases whose migrations it brings; the vault's come with every service. */
const databases = [...Object.keys(ports).filter((name) => name !== 'gateway'), 'vault'];

const variableOf = (name) => `COFACTOR_${name.toUpperCase().replaceAll('-', '_')}_URL`;
const variablesOf = ({ settings }) => Object.keys(settings.shape);

/** Those whom a process asks, be it only for the keys that they sign with: exactly the addresses that it is told. */
const peersOf = (asking) => processes.filter(({ name }) => variablesOf(asking).includes(variableOf(name)));

module.exports = {
  afterRestoreSettings,
  processes,
  publicPort,
  databases,
  migrationSettings,
  variableOf,
  variablesOf,
  peersOf,
};
