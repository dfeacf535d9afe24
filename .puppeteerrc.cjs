// `npm ci` must never download a browser: harness/setup decides when and how one is installed.
module.exports = { skipDownload: true };
