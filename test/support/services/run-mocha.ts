/** Runs the test files it is given and tells its parent about each test: a process of its own, so that nothing in it can keep the services alive. */
import Mocha from 'mocha';

// The time limit, as in .mocharc.json, is for what hangs: how long a test takes on a busy machine says nothing.
const mocha = new Mocha({ timeout: 180_000, reporter: 'spec' });
for (const file of process.argv.slice(2)) mocha.addFile(file);
await mocha.loadFilesAsync();
mocha
  .run((failures) => {
    process.exitCode = failures === 0 ? 0 : 1;
    // A handle that a test forgot must not keep us.
    setTimeout(() => process.exit(), 1000).unref();
    process.disconnect();
  })
  .on('pass', () => process.send?.('passed'))
  .on('fail', () => process.send?.('failed'));
