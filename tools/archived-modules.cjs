/* For specs: how a program of a built tree finds its modules in the archive of that tree. */
const { execFileSync } = require('node:child_process');

const look = `
const [, root, program] = process.argv;
const archive = require(root + '/libs/launcher/dist/module-archive.js').openModuleArchive();
require(root + '/' + program);
console.log(JSON.stringify(archive?.close()));
process.exit(0);`;

/** Loads the program without running it; answers how many modules came out of the archive, and how many did not. */
module.exports.archivedModules = (root, program) =>
  JSON.parse(execFileSync(process.execPath, ['-e', look, root, program], { encoding: 'utf8' }));
