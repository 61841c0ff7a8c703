/** Milliseconds of a test. Real servers on a busy machine: what hangs still ends, what is only slow does not fail. */
module.exports = process.env.COFACTOR_TEST_TOPOLOGY === 'services' ? 150_000 : 60_000;
