// Runs before every npm script, on a fresh clone before any dependency is there, and on Node versions too old for the
// rest: no dependencies, nothing imported before the version is known, no syntax newer than Node 14's.
const OLDEST = [20, 19];
const [major, minor] = process.versions.node.split('.').map(Number);

if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
  console.error(
    `callrig: expected Node ${OLDEST.join('.')} or newer, got ${process.versions.node}: install a newer Node (https://nodejs.org)`,
  );
  process.exitCode = 112;
} else {
  import('./prepare.mjs')
    .then(({ prepare }) => prepare({ args: process.argv.slice(2), env: process.env }))
    .then((exitCode) => {
      process.exitCode = exitCode;
    })
    .catch((error) => {
      console.error(`callrig: setup failed: ${process.env.DEBUG ? error.stack : error.message}`);
      process.exitCode = 112;
    });
}
